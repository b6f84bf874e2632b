// SPDX-License-Identifier: MIT
#include "report/write.h"

#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"

namespace sentra::report {

Result<void> write_whole(const std::string &path, const std::string &bytes)
{
    const std::string folder(directory_name(path)), what = "write " + printable(path, 400);
    std::string name = path + ".XXXXXX";
    const Fd file(::mkostemp(name.data(), O_CLOEXEC));
    if (!file.is_open())
        return system_failure(what, errno);
    Result<void> done = write_all(file, bytes);
    // Mode as asked, whatever the umask: the group reads it, others do not.
    if (done && (::fchmod(file.get(), 0640) != 0 || ::fsync(file.get()) != 0 ||
                 ::rename(name.c_str(), path.c_str()) != 0))
        done = system_failure(what, errno);
    if (!done) {
        ::unlink(name.c_str());
        return tl::unexpected(std::move(done.error()).within(what));
    }
    const Fd within(
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (within.is_open())
        ::fsync(within.get()); // some file systems cannot; the file itself is safe
    return {};
}

} // namespace sentra::report
