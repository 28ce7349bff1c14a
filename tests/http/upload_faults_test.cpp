// Uploads that fail: cut off at every byte, every operation of the file system failing in turn, the
// process ending at every operation. A file is the old one or the new one, whole, and nothing else
// is left.

#include "servers/http/upload_handler.h"
#include "tests/base/child.h"
#include "tests/harness/temporary_folder.h"
#include "tests/http/exchange_peer.h"
#include "tests/http/faulty_storage.h"

#include <doctest/doctest.h>

#include <sys/resource.h>

#include <csignal>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tern::upload_faults_test {

namespace {

using namespace tern::http;
using tern::test::ExchangePeer;
using tern::test::ExchangeServer;
using tern::test::FaultPlan;
using tern::test::FaultyStorage;
using tern::test::TemporaryFolder;

using Files = std::map<std::string, std::string>; ///< contents by path; of a folder: "folder"

struct Scenario {
    const char* name;
    Files before;
    std::string request;
    Files after;
    bool removes = false;
};

std::string sized(std::string_view line, std::string_view fields, std::string_view body) {
    return std::string(line) + " HTTP/1.1\r\nHost: h\r\n" + std::string(fields) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::string form(std::string_view first, std::string_view second) {
    const auto part = [](std::string_view name, std::string_view content) {
        return "--b\r\nContent-Disposition: form-data; name=f; filename=" + std::string(name) +
               "\r\n\r\n" + std::string(content) + "\r\n";
    };
    return part("new", first) + part("old", second) + "--b--\r\n";
}

const std::vector<Scenario>& scenarios() {
    const std::string form_type = "Content-Type: multipart/form-data; boundary=b\r\n";
    static const std::vector<Scenario> all = {
        {"a new file", {}, sized("PUT /in/a", "", "some content"), {{"a", "some content"}}},
        {"a new empty file", {}, sized("PUT /in/a", "", ""), {{"a", ""}}},
        {"a replaced file",
         {{"a", "old"}, {"b", "other"}},
         sized("PUT /in/a", "", "new content"),
         {{"a", "new content"}, {"b", "other"}}},
        {"a chunked one",
         {{"a", "old"}},
         "PUT /in/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
         "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n",
         {{"a", "abcdefg"}}},
        {"below new folders",
         {{"x", "folder"}},
         sized("PUT /in/x/y/z/a", "", "content"),
         {{"x", "folder"}, {"x/y", "folder"}, {"x/y/z", "folder"}, {"x/y/z/a", "content"}}},
        {"a form with a new file and a replaced one",
         {{"old", "old"}},
         sized("POST /in/", form_type, form("1st", "2nd")),
         {{"new", "1st"}, {"old", "2nd"}}},
        {"a file removed", {{"a", "old"}}, sized("DELETE /in/a", "", ""), {}, true},
    };
    return all;
}

Files files_in(const TemporaryFolder& folder) {
    Files files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
        const std::string name = entry.path().lexically_relative(folder.path());
        files[name] = entry.is_directory() ? "folder" : tern::test::read_file(entry.path());
    }
    return files;
}

class Run {
public:
    Run(const Scenario& scenario, const FaultPlan& plan) : scenario_(scenario) {
        for (const auto& [name, content] : scenario.before) {
            if (content == "folder")
                std::filesystem::create_directory(folder_ / name);
            else
                tern::test::write_file(folder_ / name, content);
        }
        UploadSettings settings;
        settings.create_folders = true;
        storage_ = std::make_shared<FaultyStorage>(folder_.path(), plan);
        server_.router.add("/in/*", {Method::put, Method::post, Method::remove},
                           std::make_shared<UploadHandler>(storage_, settings, "/in/*"));
    }

    /// Sends that many bytes, and ends the connection.
    std::string send(std::size_t size) {
        ExchangePeer peer(server_);
        return peer.say(std::string_view(scenario_.request).substr(0, size));
    }
    std::string send_all() { return send(scenario_.request.size()); }

    const FaultyStorage& storage() const { return *storage_; }
    const TemporaryFolder& folder() const { return folder_; }

    /// Every file is as it was or as it shall be; and there are no others.
    void check_files() const {
        const Files files = files_in(folder_);
        for (const auto& file : files) {
            CAPTURE(file.first);
            const auto before = scenario_.before.find(file.first);
            const auto after = scenario_.after.find(file.first);
            const bool is_old = before != scenario_.before.end() && *before == file;
            const bool is_new = after != scenario_.after.end() && *after == file;
            CHECK((is_old || is_new));
        }
        for (const auto& file : scenario_.before) {
            CAPTURE(file.first);
            CHECK((files.contains(file.first) || !scenario_.after.contains(file.first)));
        }
    }

private:
    const Scenario& scenario_;
    TemporaryFolder folder_;
    ExchangeServer server_;
    std::shared_ptr<FaultyStorage> storage_;
};

bool has_succeeded(std::string_view answer) { return answer.starts_with("HTTP/1.1 20"); }

/// Calls `body` with plans that let each operation fail, until all have had their turn.
template <class Body>
void with_each_operation(FaultPlan plan, const Body& body) {
    for (plan.failing = 1; body(plan); ++plan.failing) {
        if (plan.failing == 1000)
            FAIL("it does not end");
    }
    CHECK(plan.failing > 3);
}

} // namespace

TEST_SUITE("http/upload_faults") {

    TEST_CASE("without a fault all is as it shall be") {
        for (const Scenario& scenario : scenarios()) {
            CAPTURE(scenario.name);
            Run run(scenario, {});
            const std::string answer = run.send_all();
            CAPTURE(answer);
            CHECK(has_succeeded(answer));
            CHECK((files_in(run.folder()) == scenario.after));
        }
    }

    TEST_CASE("a connection that is cut off at any byte changes nothing") {
        for (const Scenario& scenario : scenarios()) {
            CAPTURE(scenario.name);
            for (std::size_t size = 0; size < scenario.request.size(); ++size) {
                CAPTURE(size);
                Run run(scenario, {});
                CHECK(run.send(size).empty());
                CHECK((files_in(run.folder()) == scenario.before));
            }
        }
    }

    TEST_CASE("whatever fails, and however: old or new, whole, and no more") {
        for (const Scenario& scenario : scenarios()) {
            CAPTURE(scenario.name);
            for (const int error : {ENOSPC, EDQUOT, EIO, EMFILE, EACCES, EFBIG, ENOENT, EEXIST}) {
                CAPTURE(error);
                FaultPlan plan{.error = error, .removals = scenario.removes, .most = 1};
                with_each_operation(plan, [&](const FaultPlan& each) {
                    CAPTURE(each.failing);
                    Run run(scenario, each);
                    const std::string answer = run.send_all();
                    CAPTURE(answer);
                    run.check_files();
                    const bool is_done = files_in(run.folder()) == scenario.after;
                    CHECK((is_done || !has_succeeded(answer)));
                    return run.storage().has_failed();
                });
            }
        }
    }

    TEST_CASE("a full disk is 507 at every write, and changes nothing") {
        for (const Scenario& scenario : scenarios()) {
            CAPTURE(scenario.name);
            for (const int error : {ENOSPC, EDQUOT}) {
                FaultPlan plan{
                    .error = error, .lasts = true, .removals = scenario.removes, .most = 1};
                with_each_operation(plan, [&](const FaultPlan& each) {
                    CAPTURE(each.failing);
                    Run run(scenario, each);
                    const std::string answer = run.send_all();
                    CAPTURE(answer);
                    const bool has_failed = run.storage().has_failed();
                    CHECK(answer.starts_with("HTTP/1.1 507") == has_failed);
                    return has_failed;
                });
            }
        }
    }

    TEST_CASE("a process that ends at any operation leaves no half file, and what it leaves goes") {
        for (const Scenario& scenario : scenarios()) {
            CAPTURE(scenario.name);
            const FaultPlan plan{.is_crash = true, .removals = true, .most = 4};
            with_each_operation(plan, [&](const FaultPlan& each) {
                CAPTURE(each.failing);
                Run run(scenario, each);
                const pid_t child = tern::test::fork_child([&run] {
                    run.send_all();
                    ::_exit(1); // it has come to its end
                });
                const bool has_crashed = tern::test::wait_for(child) == 0;
                remove_leftovers(run.folder().path());
                run.check_files();
                return has_crashed;
            });
        }
    }

    TEST_CASE("a system that takes no more of a file, for real") {
        const Scenario scenario = {
            "replaced", {{"a", "old"}}, sized("PUT /in/a", "", std::string(900, 'x')), {}};
        Run run(scenario, {});
        const pid_t child = tern::test::fork_child([&run] {
            struct sigaction ignored = {};
            ignored.sa_handler = SIG_IGN; // as servers do
            ::sigaction(SIGXFSZ, &ignored, nullptr);
            const rlimit limit{500, 500};
            ::setrlimit(RLIMIT_FSIZE, &limit);
            ::_exit(run.send_all().starts_with("HTTP/1.1 413") ? 0 : 1);
        });
        CHECK(tern::test::wait_for(child) == 0);
        CHECK((files_in(run.folder()) == scenario.before));
    }

    TEST_CASE("an upload under way is no leftover") {
        const TemporaryFolder folder;
        FileStorage storage(folder.path());
        const auto root = storage.open_folder("");
        REQUIRE(root.has_value());
        {
            const auto file = storage.create(root->get());
            REQUIRE(file.has_value());
            CHECK(remove_leftovers(folder.path()) == 0);
            CHECK(files_in(folder).size() == 1);
        }
        std::filesystem::create_directory_symlink(folder.path(), folder / ".tern-upload-link");
        std::filesystem::create_directory(folder / "below");
        tern::test::write_file(folder / "below/.tern-upload-1", "x");
        tern::test::write_file(folder / "below/.other", "x");
        CHECK(remove_leftovers(folder.path()) == 2);
        CHECK(files_in(folder).size() == 3);
    }

} // TEST_SUITE

} // namespace tern::upload_faults_test
