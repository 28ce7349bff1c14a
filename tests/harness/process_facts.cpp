#include "tests/harness/process_facts.h"

#include "tests/harness/temporary_folder.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <string>

namespace tern::test {
namespace {

std::filesystem::path folder_of(pid_t process) {
    return std::filesystem::path("/proc") / std::to_string(process);
}

/// Processes end while one looks: what cannot be read is empty.
std::vector<std::filesystem::path> entries_of(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> entries;
    std::error_code error;
    std::filesystem::directory_iterator entry(folder, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error))
        entries.push_back(entry->path());
    return entries;
}

/// The fields of /proc/PID/stat from the third, the state, on: the second may contain blanks.
std::vector<std::string> status_fields(const std::filesystem::path& folder) {
    const std::string text = read_file(folder / "stat");
    const std::size_t end_of_name = text.rfind(')');
    if (end_of_name == std::string::npos)
        return {};
    std::istringstream words(text.substr(end_of_name + 1));
    return {std::istream_iterator<std::string>(words), {}};
}

std::chrono::milliseconds own_time(pid_t process) {
    constexpr std::size_t user_time = 11; // fields 14 and 15 of proc(5)
    constexpr std::size_t system_time = 12;
    const std::vector<std::string> fields = status_fields(folder_of(process));
    if (fields.size() <= system_time)
        return {};
    const long ticks = std::stol(fields[user_time]) + std::stol(fields[system_time]);
    return std::chrono::milliseconds(ticks * 1000 / ::sysconf(_SC_CLK_TCK));
}

} // namespace

std::vector<pid_t> children_of(pid_t process) {
    std::vector<pid_t> children;
    for (const std::filesystem::path& task : entries_of(folder_of(process) / "task")) {
        std::istringstream numbers(read_file(task / "children"));
        std::copy(std::istream_iterator<pid_t>(numbers), {}, std::back_inserter(children));
    }
    std::sort(children.begin(), children.end());
    return children;
}

bool exists(pid_t process) { return ::kill(process, 0) == 0; }

bool is_zombie(pid_t process) {
    const std::vector<std::string> fields = status_fields(folder_of(process));
    return !fields.empty() && fields.front() == "Z";
}

std::size_t threads_of(pid_t process) { return entries_of(folder_of(process) / "task").size(); }

std::size_t descriptors_of(pid_t process) { return entries_of(folder_of(process) / "fd").size(); }

std::chrono::milliseconds processor_time_of(pid_t process) {
    std::chrono::milliseconds time = own_time(process);
    for (const pid_t child : children_of(process))
        time += own_time(child);
    return time;
}

std::string doings_of(pid_t process) {
    std::string text;
    std::vector<pid_t> all = children_of(process);
    all.insert(all.begin(), process);
    for (const pid_t one : all)
        for (const std::filesystem::path& task : entries_of(folder_of(one) / "task")) {
            const std::vector<std::string> fields = status_fields(task);
            text += "\n" + std::to_string(one) + " " + (fields.empty() ? "?" : fields.front()) +
                    " " + read_file(task / "wchan") + " " + read_file(task / "syscall");
        }
    return text;
}

Possessions possessions_of(pid_t process) {
    Possessions all = {descriptors_of(process), threads_of(process), 0};
    for (const pid_t child : children_of(process)) {
        all.descriptors += descriptors_of(child);
        all.threads += threads_of(child);
        ++all.children;
    }
    return all;
}

} // namespace tern::test
