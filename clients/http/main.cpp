// tern-http: sends an HTTP request and shows the answer.

#include "clients/http/arguments.h"
#include "clients/http/body_sink.h"
#include "clients/http/exchange.h"
#include "clients/http/exit_code.h"
#include "clients/http/load_test.h"
#include "clients/http/timing.h"
#include "common/base/escape.h"
#include "common/protocol/http/date.h"
#include "common/terminal/interruption.h"

#include <unistd.h>

#include <cstdio>
#include <exception>
#include <iostream>

namespace {

using namespace tern::http_client;
using tern::files::PartialFile;

int fail(std::string_view reason) {
    std::cerr << "tern-http: " << tern::printable(reason) << '\n';
    return exit_no_answer;
}

/// Empty, or why there was no whole answer.
std::string exchange_with(Exchange& exchange, const Options& options, const Request& request) {
    std::string complaint = exchange.perform();
    if (options.timing)
        std::cerr << timing_view(timing_of(request.handle()));
    return complaint;
}

int show(const Options& options) {
    Request request(options);
    const bool is_terminal = ::isatty(STDOUT_FILENO) == 1;
    const tern::terminal::Paint paint(tern::terminal::wants_colour(STDOUT_FILENO));
    Parts parts;
    parts.head = options.show_head || (is_terminal && !options.body_only) ||
                 (options.method == "HEAD" && !options.body_only);
    PlainSink plain(stdout, parts);
    ViewSink view(stdout, parts, paint);
    BodySink& sink = is_terminal ? static_cast<BodySink&>(view) : plain;
    tern::terminal::ProgressBar bar(stderr, options.upload);
    Exchange exchange(request, sink, bar, Direction::up);
    const std::string complaint = exchange_with(exchange, options, request);
    return complaint.empty() ? exit_code_of(exchange.head().status()) : fail(complaint);
}

/// Asks for what is missing, provided that the resource is still the one that there is a part of.
void resume(Request& request, const PartialFile& file) {
    const auto since = tern::http::format_date(file.modified());
    const std::string range = std::to_string(file.size()) + "-";
    tern::curl::require(curl_easy_setopt(request.handle(), CURLOPT_RANGE, range.c_str()));
    request.add_header("If-Range: " + std::string(tern::http::view(since)));
}

int download(const Options& options) {
    tern::Result<PartialFile> file = PartialFile::open(options.output);
    if (!file)
        return fail(options.output + ".part: " + file.error().message());
    Request request(options);
    const bool resumes = options.resume && file->size() > 0;
    if (resumes)
        resume(request, *file);
    const tern::terminal::Interruption interruption; // so that the time of the file is kept
    FileSink sink(*file);
    tern::terminal::ProgressBar bar(stderr, options.output);
    Exchange exchange(request, sink, bar, Direction::down, resumes ? file->size() : 0);
    std::string complaint = exchange_with(exchange, options, request);
    if (!sink.complaint().empty())
        complaint = sink.complaint();
    const auto modified = tern::curl::amount(request.handle(), CURLINFO_FILETIME_T);
    if (modified > 0)
        file->set_modified(modified);
    if (complaint.empty())
        return exit_answered;
    if (file->size() == 0)
        file->discard();
    fail(complaint);
    if (tern::terminal::Interruption::happened())
        return tern::terminal::exit_interrupted;
    const int status = exit_code_of(exchange.head().status());
    return status == exit_answered ? exit_no_answer : status;
}

int run(const Options& options) {
    if (options.repeat > 1) {
        LoadResult result = run_load_test(options);
        const int code = exit_code_of(result);
        std::cout << load_report(std::move(result));
        return code;
    }
    return options.output.empty() ? show(options) : download(options);
}

} // namespace

int main(int argc, char** argv) {
    const auto parsed = parse_arguments(argc, argv, std::cout, std::cerr);
    if (const int* const code = std::get_if<int>(&parsed))
        return *code;
    try {
        const tern::curl::Library library;
        return run(std::get<Options>(parsed));
    } catch (const std::exception& error) {
        return fail(error.what());
    }
}
