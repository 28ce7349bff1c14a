// Feeds bytes to what takes FTP's command lines, and what is in them, apart.

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

void check_argument(const std::string& argument) {
    check_path(argument);
    check_reply(argument);
    parse_port(argument);
    parse_eprt(argument);
    if (const auto time = parse_time(argument))
        require(parse_time(format_time(*time)) == time);
    const FactSelection selection = FactSelection::from(argument);
    require(FactSelection::from(selection.names()).names() == selection.names());
    matches(argument, argument);
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
