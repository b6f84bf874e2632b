# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A ClickHouse server of one's own, for tests to source. Debian 12 has 18.16.
#
#   clickhouse_begin FOLDER   writes its configuration below FOLDER and starts it; afterwards
#                             $clickhouse_url is where it answers. 77: it is not installed.
#   clickhouse_start          starts it again, with the same data and port
#   clickhouse_kill           kill -9
#   clickhouse_stop           ends it
#   clickhouse_ask QUERY      the answer, on standard output
#   clickhouse_table          makes the database and the table of the output room's page

clickhouse_pid=
clickhouse_binary=

clickhouse_find() {
    local candidate
    for candidate in clickhouse-server clickhouse; do
        if command -v "$candidate" >/dev/null; then
            clickhouse_binary=$(command -v "$candidate")
            return 0
        fi
    done
    return 1
}

clickhouse_begin() {
    clickhouse_folder=$1
    clickhouse_find || { echo "clickhouse-server is not installed" >&2; return 77; }
    read -r clickhouse_http clickhouse_tcp clickhouse_inter < <(python3 - <<'PYTHON'
import socket
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
print(*[one.getsockname()[1] for one in held])
PYTHON
    )
    clickhouse_url="http://127.0.0.1:$clickhouse_http"
    mkdir -p "$clickhouse_folder/data" "$clickhouse_folder/tmp" "$clickhouse_folder/formats"
    cat > "$clickhouse_folder/config.xml" <<XML
<yandex>
  <logger><level>warning</level><log>$clickhouse_folder/server.log</log>
    <errorlog>$clickhouse_folder/error.log</errorlog></logger>
  <listen_host>127.0.0.1</listen_host>
  <http_port>$clickhouse_http</http_port>
  <tcp_port>$clickhouse_tcp</tcp_port>
  <interserver_http_port>$clickhouse_inter</interserver_http_port>
  <path>$clickhouse_folder/data/</path>
  <tmp_path>$clickhouse_folder/tmp/</tmp_path>
  <format_schema_path>$clickhouse_folder/formats/</format_schema_path>
  <users_config>$clickhouse_folder/users.xml</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <mark_cache_size>16777216</mark_cache_size>
  <max_server_memory_usage>1073741824</max_server_memory_usage>
</yandex>
XML
    cat > "$clickhouse_folder/users.xml" <<'XML'
<yandex>
  <profiles><default><log_queries>0</log_queries></default></profiles>
  <quotas><default/></quotas>
  <users>
    <default><password></password><networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile><quota>default</quota></default>
    <sentra><password>open sesame</password><networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile><quota>default</quota></sentra>
  </users>
</yandex>
XML
    clickhouse_start
}

clickhouse_start() {
    local words=("$clickhouse_binary") i
    [ "$(basename "$clickhouse_binary")" = clickhouse-server ] || words+=(server)
    # Some versions keep the file of their process where they are started.
    (cd "$clickhouse_folder" && exec "${words[@]}" "--config-file=$clickhouse_folder/config.xml" \
        >> "$clickhouse_folder/out" 2>&1) &
    clickhouse_pid=$!
    for ((i = 0; i < 600; i++)); do
        [ "$(clickhouse_ask 'SELECT 1' 2>/dev/null)" = 1 ] && return 0
        kill -0 "$clickhouse_pid" 2>/dev/null || break
        sleep 0.1
    done
    echo "clickhouse-server does not start:" >&2
    tail -n 20 "$clickhouse_folder/out" "$clickhouse_folder/error.log" >&2 || true
    return 1
}

clickhouse_kill() {
    kill -9 "$clickhouse_pid" 2>/dev/null || true
    wait "$clickhouse_pid" 2>/dev/null || true
    clickhouse_pid=
}

clickhouse_stop() {
    [ -n "$clickhouse_pid" ] || return 0
    kill "$clickhouse_pid" 2>/dev/null || true
    wait "$clickhouse_pid" 2>/dev/null || true
    clickhouse_pid=
}

clickhouse_ask() {
    curl -sS --fail-with-body --max-time 30 --noproxy '*' --data-binary "$1" "$clickhouse_url/"
}

clickhouse_table() {
    clickhouse_ask 'CREATE DATABASE IF NOT EXISTS sentra'
    clickhouse_ask "$(cat "${SENTRA_SOURCE:?}/userspace/output/clickhouse.sql")"
}
