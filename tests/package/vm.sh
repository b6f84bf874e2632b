#!/bin/bash
# SPDX-License-Identifier: MIT
# vm.sh [KERNEL]   the package on a machine of its own with another kernel (tests/vm/kernels, default 6.12),
# emulated: Debian 12 with systemd, sshd and sudo, all of it in memory. Installed, it runs on the rungs of
# that kernel under the confinement of its unit, tells a real attack, is restarted and upgraded under load
# without missing a program, and goes without a trace. Needs qemu and mmdebstrap, and the mirror the first time.
# What the guest said stays in build/vm/package-KERNEL. By hand: minutes.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=support/deb
. "$here/support/deb"
# shellcheck source=support/service
. "$here/support/service"

inside() {
    export SENTRA_READY_MS=300000 SENTRA_PATIENCE=10
    uname -r
    account maria correct-horse sudo
    account walter correct-horse
    install -d -m 700 /root/.ssh
    listing >/run/host/before
    install_package /opt/now.deb
    sentra status | sed -n '/^Kernel/,/^$/p'
    check_running
    check_socket
    check_attack
    check_report
    learn_own_programs
    check_load restart systemctl restart sentrad
    check_load upgrade dpkg -i /opt/next.deb
    tell_memory
    check_apparmor
    check_removed
}

if [ "${1:-}" = inside ]; then
    inside
    exit 0
fi
fail() { # the service's says what a service logged; there is none out here
    echo "vm.sh: $*" >&2
    exit 1
}
# shellcheck source=../vm/support/guest
. "$source_dir/tests/vm/support/guest"
need dpkg-buildpackage dh mmdebstrap "$qemu" cpio

# host_archive DEB   a root file system with what the package depends on, made once; prints its place
host_archive() {
    local deb=$1 packages archive root
    packages=systemd,systemd-sysv,dbus,libpam-systemd,openssh-server,openssh-client,sshpass,sudo,procps,iproute2,jq,apparmor
    # Of alternatives the first; no version is other than Debian 12's.
    packages+=,$(dpkg-deb -f "$deb" Depends | tr ',' '\n' | sed 's/|.*//; s/([^)]*)//; s/ //g' | paste -sd,)
    archive=${SENTRA_VM_CACHE:-$HOME/.cache/sentra-vm}/hosts/$(sha256sum <<<"$packages" | cut -c1-12).cpio
    if [ ! -s "$archive" ]; then
        mkdir -p "$(dirname "$archive")"
        root=$(mktemp -d)
        mmdebstrap --quiet --variant=minbase --include="$packages" \
            --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
            --dpkgopt='path-exclude=/usr/share/locale/*' bookworm "$root/host.tar" \
            "${SENTRA_VM_MIRROR:-http://deb.debian.org/debian}" || skip "no Debian to be had from the mirror"
        mkdir "$root/host"
        tar -C "$root/host" -xf "$root/host.tar"
        ln -s lib/systemd/systemd "$root/host/init"
        tr -d - </proc/sys/kernel/random/uuid >"$root/host/etc/machine-id"
        (cd "$root/host" && find . | cpio -o -H newc --quiet) >"$archive.new"
        mv "$archive.new" "$archive"
        rm -rf "$root"
    fi
    echo "$archive"
}

# The tests and the packages, and a unit that runs them and ends the machine.
lay_job() {
    local root=$1 now=$2 next=$3
    mkdir -p "$root"/{opt/tests/package,opt/tests/e2e,etc/systemd/system/multi-user.target.wants,etc/tmpfiles.d}
    cp -r "$here"/{support,vm.sh} "$root/opt/tests/package/"
    cp -r "$source_dir/tests/e2e/host" "$root/opt/tests/e2e/"
    cp "$now" "$root/opt/now.deb"
    cp "$next" "$root/opt/next.deb"
    cat >"$root/opt/job" <<'JOB'
mkdir -p /run/host
export PATH=/opt/tests/e2e/host/tools:$PATH HOME=/root LC_ALL=C.UTF-8
ip link set lo up
for _ in $(seq 300); do (: </dev/tcp/127.0.0.1/22) 2>/dev/null && break; sleep 0.1; done
bash /opt/tests/package/vm.sh inside
echo "vm: exit $?"
sleep 0.5
echo o >/proc/sysrq-trigger
sleep 100
JOB
    cat >"$root/etc/systemd/system/guest-job.service" <<'UNIT'
[Unit]
After=ssh.service dbus.service systemd-logind.service
[Service]
Type=exec
ExecStart=/bin/bash /opt/job
StandardOutput=file:/dev/ttyS1
StandardError=inherit
UNIT
    ln -s ../guest-job.service "$root/etc/systemd/system/multi-user.target.wants/"
}

kernel=${1:-6.12}
out=$source_dir/build/vm/package-$kernel
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
kernel_dir=$(SENTRA_VM_FETCH=${SENTRA_VM_FETCH:-no} "$source_dir/tests/vm/support/fetch" "$kernel") ||
    skip "kernel $kernel is not here (scripts/vm fetch $kernel)"
lay "$work/now/tree"
now=${SENTRA_DEB:-$(pack "$work/now/tree")}
version=$(deb_version "$now")
next=$(repack "$now" "${version%.*}.$((${version##*.} + 1))" "$work/next.deb")
archive=$(host_archive "$now")
lay_job "$work/root" "$now" "$next"
{ cat "$archive"; (cd "$work/root" && find . | cpio -o -H newc -R 0:0 --quiet); } >"$work/initrd"
rm -f "$out"/{job.log,console.log}
begun=$(date +%s)
# shellcheck disable=SC2046 # words of an option table
timeout -k 5 "${SENTRA_VM_SECONDS:-1800}" "$qemu" $(guest_machine) -m 2048 -smp 2 -nodefaults -display none \
    -no-reboot -kernel "$kernel_dir/vmlinux" -initrd "$work/initrd" \
    -append "console=ttyS0 quiet panic=-1 no_timer_check no5lvl mitigations=off cryptomgr.notests systemd.show_status=0" \
    -serial "file:$out/console.log" -serial "file:$out/job.log" </dev/null >"$out/qemu.log" 2>&1 || true
sed 's/\r$//' "$out/job.log"
grep -q '^vm: exit 0' "$out/job.log" || fail "kernel $kernel: see $out"
echo "kernel $kernel: good, in $(($(date +%s) - begun)) s"
