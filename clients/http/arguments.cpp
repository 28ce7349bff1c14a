#include "clients/http/arguments.h"

#include "clients/http/exit_code.h"
#include "common/base/command_line.h"
#include "generated/version.h"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace tern::http_client {
namespace {

constexpr auto footer = R"(Examples:
  tern-http GET localhost:8080/
  tern-http --timing GET https://example.org/
  tern-http POST localhost:8080/echo --json '{"a": 1}'
  tern-http PUT localhost:8080/incoming/ --upload picture.jpg
  tern-http GET localhost:8080/big.iso --output big.iso --continue
  tern-http GET localhost:8080/ --repeat 10000 --concurrency 50

On a terminal it shows the head and a readable body; into a pipe or a file it writes the body as it
is. Colours: only on a terminal, and never if NO_COLOR is set.

Exit codes: 0 answered, 1 no (whole) answer, 2 bad arguments, 4 the answer's status is 4xx, 5 it is
5xx. Of many answers the worst counts: 1, then 5, then 4.)";

void declare_request(CLI::App& app, Options& options, std::vector<std::string>& words) {
    app.add_option("request", words,
                   "The method (GET if there is none, POST if there is a body) and the URL")
        ->option_text("[METHOD] URL")
        ->required()
        ->expected(1, 2);
    app.add_option("-H,--header", options.headers, "A field of the head, \"Name: value\"")
        ->option_text("FIELD ...")
        ->allow_extra_args(false);
    app.add_option("-d,--data", options.data, "The body: text, or @FILE")->option_text("TEXT");
    app.add_option("-j,--json", options.json, "The same, sent as application/json")
        ->option_text("TEXT");
    app.add_option("-F,--form", options.forms,
                   "A part of a multipart/form-data body: NAME=TEXT or NAME=@FILE")
        ->option_text("PART ...")
        ->allow_extra_args(false);
    app.add_option("-T,--upload", options.upload,
                   "The body is this file (- is the standard input). A URL that ends with a slash "
                   "gets the file's name")
        ->option_text("FILE");
    app.add_option("-u,--user", options.user, "For servers that ask for a password")
        ->option_text("NAME:PASSWORD");
}

void declare_answer(CLI::App& app, Options& options) {
    app.add_option(
           "-o,--output", options.output,
           "Write the body into a file, which gets its name when it is whole; until then it "
           "is FILE.part")
        ->option_text("FILE");
    app.add_flag("-C,--continue", options.resume,
                 "Go on with FILE.part if the resource is the same")
        ->disable_flag_override();
    app.add_flag("-i,--head", options.show_head, "Show the head, into a pipe too")
        ->disable_flag_override();
    app.add_flag("-b,--body", options.body_only, "Show the body only")->disable_flag_override();
    app.add_flag("-L,--follow", options.follow, "Follow redirections, at most ten")
        ->disable_flag_override();
    app.add_flag("-z,--compressed", options.compressed, "Accept compressed bodies")
        ->disable_flag_override();
    app.add_flag("-t,--timing", options.timing, "Say where the time went")->disable_flag_override();
}

void declare_connection(CLI::App& app, Options& options) {
    app.add_flag_callback(
        "--http1.1", [&] { options.version = Version::http_1_1; }, "HTTP/1.1 only");
    app.add_flag_callback(
        "--http2", [&] { options.version = Version::http_2; },
        "HTTP/2 if the server offers it (ALPN over TLS, or Upgrade)");
    app.add_flag_callback(
        "--h2c", [&] { options.version = Version::h2c; },
        "HTTP/2 without asking and without TLS (prior knowledge)");
    app.add_option("--cafile", options.ca_file, "Whom to trust, instead of the system's list")
        ->option_text("FILE");
    app.add_flag("-k,--insecure", options.insecure, "Trust any certificate")
        ->disable_flag_override();
    app.add_option("--unix-socket", options.unix_socket, "Connect to this socket")
        ->option_text("PATH");
    app.add_option("--timeout", options.timeout_s, "Give up after so many seconds")
        ->option_text("SECONDS")
        ->check(CLI::NonNegativeNumber);
    app.add_option("-n,--repeat", options.repeat, "A load test: so many requests")
        ->option_text("N")
        ->check(CLI::Range(1U, 100'000'000U));
    app.add_option("-c,--concurrency", options.concurrency, "so many of them at a time")
        ->option_text("M")
        ->check(CLI::Range(1U, 10'000U));
}

bool is_method(const std::string& word) {
    return !word.empty() && std::all_of(word.begin(), word.end(), [](char letter) {
        return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z') ||
               letter == '-';
    });
}

bool has_body(const Options& options) {
    return !options.data.empty() || !options.json.empty() || !options.forms.empty();
}

/// What is wrong with them together; empty if nothing is.
std::string contradiction(const Options& options) {
    const int bodies = (options.data.empty() ? 0 : 1) + (options.json.empty() ? 0 : 1) +
                       (options.forms.empty() ? 0 : 1) + (options.upload.empty() ? 0 : 1);
    if (bodies > 1)
        return "--data, --json, --form and --upload exclude each other";
    if (!is_method(options.method))
        return "a method consists of letters: " + options.method;
    if (options.resume && options.output.empty())
        return "--continue needs --output";
    if (options.repeat > 1 && (!options.output.empty() || options.upload == "-"))
        return "--repeat goes with neither --output nor --upload -";
    if (options.concurrency > options.repeat)
        return "--concurrency is at most --repeat";
    return {};
}

void take_words(Options& options, const std::vector<std::string>& words) {
    options.url = words.back();
    if (words.size() == 2)
        options.method = words.front();
    else if (!options.upload.empty())
        options.method = "PUT";
    else
        options.method = has_body(options) ? "POST" : "GET";
    std::transform(
        options.method.begin(), options.method.end(), options.method.begin(), [](char letter) {
            return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 32) : letter;
        });
}

} // namespace

std::variant<Options, int> parse_arguments(int argc, const char* const* argv, std::ostream& out,
                                           std::ostream& errors) {
    CLI::App app("Sends an HTTP request and shows the answer.", "tern-http");
    Options options;
    std::vector<std::string> words;
    declare_request(app, options, words);
    declare_answer(app, options);
    declare_connection(app, options);
    app.set_version_flag("--version", "tern-http " + std::string(generated::version));
    app.footer(footer);
    const auto contradicting = [&] {
        take_words(options, words);
        return contradiction(options);
    };
    const std::optional<int> ending =
        read_command_line(app, argc, argv, out, errors, contradicting);
    if (ending)
        return *ending;
    return options;
}

} // namespace tern::http_client
