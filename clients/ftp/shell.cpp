#include "clients/ftp/shell.h"

#include "clients/ftp/exit_code.h"
#include "clients/ftp/words.h"
#include "common/base/command_line.h"
#include "common/base/escape.h"
#include "common/editing/ask.h"
#include "common/terminal/interruption.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <optional>

namespace tern::ftp_client {

struct Shell::Command {
    std::string_view name, usage, help;
    std::size_t fewest, most; ///< arguments
    Outcome (Shell::*run)(const Words& words);
};

std::span<const Shell::Command> Shell::commands() noexcept {
    static constexpr std::size_t any = 10'000;
    static constexpr std::array all = {
        Command{"ls", "ls [FOLDER]", "what is in a folder", 0, 1, &Shell::list},
        Command{"cd", "cd [FOLDER]", "go to a folder", 0, 1, &Shell::change_folder},
        Command{"pwd", "pwd", "where you are", 0, 0, &Shell::print_folder},
        Command{"get", "get FILE [HERE]", "bring a file, or what is missing of it", 1, 2,
                &Shell::get},
        Command{"put", "put FILE [THERE]", "send a file, or what is missing of it", 1, 2,
                &Shell::put},
        Command{"mget", "mget PATTERN...", "bring several, folders too", 1, any, &Shell::get_many},
        Command{"mput", "mput FILE...", "send several, folders too", 1, any, &Shell::put_many},
        Command{"cat", "cat FILE", "show a text", 1, 1, &Shell::show_file},
        Command{"rm", "rm FILE", "remove a file", 1, 1, &Shell::remove},
        Command{"mkdir", "mkdir FOLDER", "make a folder", 1, 1, &Shell::make_folder},
        Command{"rmdir", "rmdir FOLDER", "remove an empty folder", 1, 1, &Shell::remove_folder},
        Command{"mv", "mv OLD NEW", "rename", 2, 2, &Shell::rename},
        Command{"lcd", "lcd [FOLDER]", "go to a folder of this machine", 0, 1,
                &Shell::local_folder},
        Command{"help", "help", "this list", 0, 0, &Shell::help},
        Command{"quit", "quit", "leave", 0, 0, &Shell::quit},
    };
    return all;
}

const Shell::Command* Shell::find(std::string_view name) noexcept {
    for (const Command& command : commands())
        if (command.name == name)
            return &command;
    return nullptr;
}

Shell::Shell(Account account, const Options& options)
    : options_(options), session_(std::move(account), options_),
      paint_(terminal::wants_colour(STDOUT_FILENO)) {}

void Shell::show_menu() const {
    for (const Command& command : commands())
        std::cout << paint_(terminal::Style::cyan, fmt::format("  {:18}", command.usage))
                  << command.help << '\n';
}

int Shell::run() {
    const terminal::Interruption interruption;
    Outcome outcome = session_.list(folder_, known_);
    if (!outcome) {
        std::cerr << "tern-ftp: " << printable(outcome.complaint) << '\n';
        return outcome.exit_code;
    }
    std::cout << "Connected. What you can do:\n";
    show_menu();
    while (!is_over_) {
        std::cout << std::flush;
        terminal::Interruption::forget();
        const std::optional<std::string> line = editing::ask(
            "tern-ftp", "ftp:" + printable(folder_) + "> ",
            [this](std::string_view text, std::size_t word) { return complete(text, word); });
        if (!line)
            break;
        const Words words = words_of(*line);
        if (!words.empty())
            obey(words);
    }
    return ::isatty(STDIN_FILENO) == 1 ? exit_done : failure_;
}

void Shell::obey(const Words& words) {
    const Command* const command = find(words.front());
    const std::size_t count = words.size() - 1;
    if (command == nullptr) {
        std::cout << "There is no command " << printable(words.front())
                  << "; help lists those that there are.\n";
        failure_ = exit_bad_arguments;
    } else if (count < command->fewest || count > command->most) {
        std::cout << "It is: " << command->usage << '\n';
        failure_ = exit_bad_arguments;
    } else if (const Outcome outcome = (this->*command->run)(words); !outcome) {
        std::cout << paint_(terminal::Style::red, printable(outcome.complaint)) << '\n';
        failure_ = outcome.exit_code;
    }
}

std::vector<std::string> Shell::complete(std::string_view line, std::size_t word) {
    const std::string_view begun = line.substr(word);
    std::vector<std::string> found;
    if (word == 0) {
        for (const Command& command : commands())
            if (command.name.starts_with(begun))
                found.emplace_back(command.name);
        return found;
    }
    for (const RemoteEntry& entry : known_)
        if (entry.name.starts_with(begun) && printable(entry.name) == entry.name &&
            entry.name.find_first_of(" \t\"'\\") == entry.name.npos)
            found.push_back(entry.name + (entry.is_folder ? "/" : ""));
    return found;
}

Outcome Shell::help(const Words&) {
    show_menu();
    return {};
}

Outcome Shell::quit(const Words&) {
    is_over_ = true;
    return {};
}

} // namespace tern::ftp_client
