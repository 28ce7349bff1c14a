// Feeds bytes to what takes FTP's command lines, and what is in them, apart.

#include "common/protocol/ftp/argument.h"
#include "common/protocol/ftp/ascii.h"
#include "common/protocol/ftp/command.h"
#include "common/protocol/ftp/glob.h"
#include "common/protocol/ftp/host_port.h"
#include "common/protocol/ftp/list_line.h"
#include "common/protocol/ftp/reply.h"
#include "common/protocol/ftp/timestamp.h"
#include "common/protocol/ftp/virtual_path.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace tern::ftp;

void require(bool condition) {
    if (!condition)
        std::abort();
}

void check_path(std::string_view argument) {
    const std::string path = resolve("/a/b", argument);
    require(path.starts_with('/') && path.find("//") == std::string::npos);
    const std::string bounded = path + '/';
    require(bounded.find("/../") == std::string::npos && bounded.find("/./") == std::string::npos);
    require(resolve("/", path) == path);
}

/// Whatever is said, it is one reply: only its last line has the code and a blank.
void check_reply(std::string_view text) {
    std::string reply;
    append_reply(reply, 211, text);
    require(reply.ends_with("\r\n"));
    std::size_t ends = 0;
    for (std::size_t at = 0; at < reply.size(); at = reply.find("\r\n", at) + 2)
        ends += reply.compare(at, 4, "211 ") == 0 ? 1 : 0;
    require(ends == 1);
}

/// Nothing that is said to be in an argument is not there.
void check_parts(const std::string& argument) {
    if (const auto parts = part_range(argument))
        require(!parts->path.empty() && (parts->begin || !parts->end));
    if (const auto parts = part_facts(argument)) {
        std::string again;
        for (const FactsAndPath::Fact& fact : parts->facts)
            again += fact.name + '=' + fact.value + ';';
        require(again + ' ' + parts->path == argument);
    }
    if (const auto host = parse_host(argument)) {
        require(argument.find_first_of(" /@%\r\n") == std::string::npos);
        require(parse_host(*host) == host);
    }
    if (const auto mode = parse_mode(argument))
        require(*mode <= 0777);
    std::string rest = argument;
    const std::string word = take_word(rest);
    require(word.size() + rest.size() <= argument.size());
}

/// Whatever a file is called, its line is one line, and its facts end where the name begins.
void check_entry(const std::string& name) {
    Entry entry;
    entry.name = name;
    entry.target = name;
    entry.kind = Entry::Kind::link;
    std::string line;
    append_list_line(line, entry, 0);
    require(line.find('\n') == line.size() - 1);
    std::string facts;
    append_facts(facts, entry, FactSelection());
    require(facts.find_first_of("\r\n") == std::string::npos);
    const std::size_t blank = facts.find(' ');
    require(blank != std::string::npos && facts.substr(0, blank).ends_with(';'));
}

/// A pattern and a name, parted by a blank; and what must be true of any two.
void check_pattern(const std::string& argument) {
    const std::size_t blank = argument.find(' ');
    if (blank == std::string::npos)
        return;
    const std::string pattern = argument.substr(0, blank);
    const std::string name = argument.substr(blank + 1);
    const bool matched = matches(pattern, name);
    if (!is_pattern(pattern))
        require(matched == (pattern == name));
    const bool escapes =
        pattern.find('\\') != std::string::npos; // then what is added has another meaning
    if (matched && !escapes && !name.starts_with('.'))
        require(matches('*' + pattern, name) && matches(pattern + '*', name + "x"));
}

void check_argument(const std::string& argument) {
    check_path(argument);
    check_reply(argument);
    parse_port(argument);
    parse_eprt(argument);
    if (const auto time = parse_time(argument))
        require(parse_time(format_time(*time)) == time);
    const FactSelection selection = FactSelection::from(argument);
    require(FactSelection::from(selection.names()).names() == selection.names());
    check_parts(argument);
    check_entry(argument);
    check_pattern(argument);
}

} // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    CommandParser parser(256);
    Command command;
    for (const char byte : bytes) {
        parser.feed({&byte, 1});
        while (parser.next(command) != CommandParser::Outcome::need_more)
            check_argument(command.argument);
        require(parser.size() <= 256);
    }
    std::string wire;
    append_as_network_text(wire, bytes);
    NetworkTextReader reader;
    std::string back;
    reader.read(wire, back);
    reader.end(back);
    require(back == bytes);
    return 0;
}
