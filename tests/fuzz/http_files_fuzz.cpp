// Asks a whole server, without its wire, for one file with arbitrary header lines, and checks the
// answer's every byte: the whole file, the parts that it says they are, or none of it.
//
// The first byte chooses the method, how the file is kept, and how the request is cut; a byte of 1
// stands for the file's entity tag.

#include "servers/http/exchange.h"
#include "servers/http/files_handler.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace tern::http;

constexpr std::size_t file_size = 5'000;
constexpr std::time_t changed_at = 1'000'000'000;

void require(bool condition) {
    if (!condition)
        std::abort();
}

const std::string& content() {
    static const std::string text = [] {
        std::string bytes;
        for (unsigned i = 0; bytes.size() < file_size; ++i)
            bytes += std::to_string(i * i) + ' ';
        bytes.resize(file_size);
        return bytes;
    }();
    return text;
}

/// A folder with one file, removed when the program ends.
class Folder {
public:
    Folder() {
        std::string name = std::filesystem::temp_directory_path() / "tern-fuzz-XXXXXX";
        require(::mkdtemp(name.data()) != nullptr);
        path_ = name;
        const std::filesystem::path file = path_ / "file.txt";
        std::ofstream(file, std::ios::binary) << content();
        const timespec times[2] = {{changed_at, 0}, {changed_at, 0}};
        require(::utimensat(AT_FDCWD, file.c_str(), times, 0) == 0);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

class Nobody final : public Observer {
public:
    void responded(Status) noexcept override {}
    void sent(std::uint64_t) noexcept override {}
    void failed(std::string_view) noexcept override { std::abort(); }
};

Router make_router(bool cached) {
    static const Folder folder;
    SiteSettings site;
    site.root = folder.path();
    CacheSettings cache;
    cache.file_bytes = cached ? cache.bytes : 0;
    Router router;
    router.add("/*", {Method::get},
               std::make_shared<FilesHandler>(std::vector{site}, MimeTypes(), cache));
    return router;
}

std::string take_output(const Output& output, std::size_t size) {
    if (const FileRegion* const file = output.file()) {
        std::string part(std::min<std::size_t>(file->length, size), '\0');
        require(::pread(file->descriptor, part.data(), part.size(), file->offset) ==
                static_cast<ssize_t>(part.size()));
        return part;
    }
    std::array<iovec, 2> pieces;
    const iovec piece = output.memory(pieces)[0];
    return {static_cast<const char*>(piece.iov_base), std::min(piece.iov_len, size)};
}

/// All that a connection answers to `input` which arrives in pieces of `size` bytes.
std::string answer(std::string_view input, std::size_t size, bool cached) {
    static const ExchangeSettings settings;
    static const std::array<Router, 2> routers = {make_router(false), make_router(true)};
    static Nobody nobody;
    const ExchangeContext context{settings, routers[cached ? 1 : 0], nobody};
    const tern::net::Endpoints client;
    const Moment moment{{}, changed_at + 1'000'000};
    std::uint64_t served = 0;
    Exchange exchange(context, client, served);

    std::string output;
    while (exchange.next() != Exchange::Next::close) {
        if (exchange.next() == Exchange::Next::serve) {
            exchange.serve(moment, false);
        } else if (exchange.next() == Exchange::Next::write) {
            const std::string part = take_output(exchange.output(), size);
            output += part;
            exchange.sent(part.size());
        } else if (!input.empty()) {
            const std::span<char> space = exchange.space();
            const std::size_t part = input.copy(space.data(), std::min(space.size(), size));
            input.remove_prefix(part);
            exchange.received(part);
        } else {
            break;
        }
    }
    return output;
}

/// A response as it came, taken apart.
struct Answer {
    std::string_view status;
    std::string_view head; ///< every line with its line end
    std::string_view body;

    explicit Answer(std::string_view whole) {
        constexpr std::string_view end_of_head = "\r\n\r\n";
        const std::size_t end = whole.find(end_of_head);
        require(whole.starts_with("HTTP/1.1 ") && end != std::string_view::npos);
        status = whole.substr(9, 3);
        head = whole.substr(0, end + 2);
        body = whole.substr(end + end_of_head.size());
    }

    std::string_view field(std::string_view name) const { return value_in(head, name); }

    static std::string_view value_in(std::string_view lines, std::string_view name) {
        const std::string begin = "\r\n" + std::string(name) + ": ";
        const std::size_t at = lines.find(begin);
        if (at == std::string_view::npos)
            return {};
        const std::string_view rest = lines.substr(at + begin.size());
        return rest.substr(0, rest.find("\r\n"));
    }
};

std::size_t take_number(std::string_view& text, char after) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    require(error == std::errc() && end != text.data() + text.size() && *end == after);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
    return number;
}

/// The part of the file that a Content-Range names.
std::string_view named_by(std::string_view range) {
    constexpr std::string_view unit = "bytes ";
    require(range.starts_with(unit));
    range.remove_prefix(unit.size());
    const std::size_t first = take_number(range, '-');
    const std::size_t last = take_number(range, '/');
    require(range == std::to_string(file_size) && first <= last && last < file_size);
    return std::string_view(content()).substr(first, last - first + 1);
}

/// RFC 9110 §14.6: parts, each of which says where it is from.
void check_parts(const Answer& answer) {
    const std::string_view type = answer.field("Content-Type");
    constexpr std::string_view begin = "multipart/byteranges; boundary=";
    require(type.starts_with(begin));
    const std::string line = "\r\n--" + std::string(type.substr(begin.size()));
    std::string_view rest = answer.body;
    if (!rest.starts_with(line)) {
        require(rest.starts_with(std::string_view(line).substr(2)));
        rest.remove_prefix(line.size() - 2);
    } else {
        rest.remove_prefix(line.size());
    }
    std::size_t parts = 0;
    for (; !rest.starts_with("--"); ++parts) {
        const std::size_t end = rest.find("\r\n\r\n");
        require(end != std::string_view::npos);
        const std::string_view expected =
            named_by(Answer::value_in(rest.substr(0, end + 2), "Content-Range"));
        rest.remove_prefix(end + 4);
        require(rest.starts_with(expected));
        rest.remove_prefix(expected.size());
        require(rest.starts_with(line));
        rest.remove_prefix(line.size());
    }
    require(parts >= 2 && (rest == "--\r\n" || rest == "--"));
}

void check(const Answer& answer, bool is_head) {
    if (answer.status == "304" || is_head) {
        require(answer.body.empty());
        return;
    }
    require(answer.field("Content-Length") == std::to_string(answer.body.size()));
    if (!answer.field("Content-Encoding").empty())
        return;
    if (answer.status == "200")
        require(answer.body == content());
    else if (answer.status == "206" && !answer.field("Content-Range").empty())
        require(answer.body == named_by(answer.field("Content-Range")));
    else if (answer.status == "206")
        check_parts(answer);
    else if (answer.status == "416")
        require(answer.field("Content-Range") == "bytes */" + std::to_string(file_size));
}

std::string request(std::string_view method, std::string_view lines, std::string_view tag) {
    std::string text(method);
    text += " /file.txt HTTP/1.1\r\nHost: h\r\nConnection: close\r\n";
    for (const char letter : lines) {
        if (letter == '\1')
            text += tag;
        else if (letter == '\n')
            text += "\r\n";
        else
            text += letter;
    }
    return text + "\r\n\r\n";
}

/// Whether one of the header lines may be a Content-Length or a Transfer-Encoding.
bool announces_content(std::string_view lines) {
    std::string lower(lines);
    std::ranges::transform(lower, lower.begin(), to_lower);
    return lower.find("content-length") != std::string::npos ||
           lower.find("transfer-encoding") != std::string::npos;
}

const std::string& entity_tag() {
    static const std::string tag(
        Answer(answer(request("HEAD", "", ""), 10'000, true)).field("ETag"));
    return tag;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const std::string_view lines(reinterpret_cast<const char*>(data) + 1, size - 1);
    const bool is_head = (data[0] & 1U) != 0;
    const bool cached = (data[0] & 2U) != 0;
    const std::string text = request(is_head ? "HEAD" : "GET", lines, entity_tag());
    const std::string whole = answer(text, text.size() + file_size, cached);
    const std::string pieces = answer(text, data[0] / 4 + 1U, cached);
    const std::string kept_otherwise = answer(text, text.size() + file_size, !cached);
    if (whole.empty()) { // content that these lines announce has not arrived: nothing is answered
        require(pieces.empty() && kept_otherwise.empty() && announces_content(lines));
        return 0;
    }
    if (whole.find("multipart/byteranges") == std::string::npos) // each has its own boundary
        require(whole == pieces);
    // Only what is cached is compressed: the two kinds of keeping agree on all else.
    if (whole.find("multipart/byteranges") == std::string::npos &&
        whole.find("Content-Encoding") == kept_otherwise.find("Content-Encoding"))
        require(whole == kept_otherwise);
    // An early end of the header, or an interim answer, makes of the rest something else.
    if (lines.find("\n\n") == std::string_view::npos && !lines.starts_with('\n') &&
        lines.find("100-") == std::string_view::npos) {
        check(Answer(whole), is_head);
        check(Answer(pieces), is_head);
        check(Answer(kept_otherwise), is_head);
    }
    return 0;
}
