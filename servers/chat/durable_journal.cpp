#include "servers/chat/durable_journal.h"

#include "common/session/session.h"
#include "common/strategy/child_process.h"
#include "servers/chat/journal_writer.h"

#include <exception>
#include <thread>
#include <utility>

namespace tern::chat {
namespace {

constexpr Clock::duration before_next_child = std::chrono::seconds(1);

std::filesystem::path ring_of(std::filesystem::path file) { return file += ".ring"; }

/// A writer on a thread of its own, for as long as this lives.
class WriterThread {
public:
    WriterThread(const JournalSettings& settings, JournalRing& ring, Log& log)
        : ring_(ring),
          thread_([this, &settings, &log] { JournalWriter(settings, ring_, log).run(stops_); }) {}
    ~WriterThread() {
        stops_ = true;
        ring_.ring_bell();
        thread_.join();
    }
    WriterThread(const WriterThread&) = delete;
    WriterThread& operator=(const WriterThread&) = delete;

private:
    JournalRing& ring_;
    std::atomic<bool> stops_ = false;
    std::thread thread_; ///< last: it uses the rest
};

} // namespace

DurableJournal::DurableJournal(JournalSettings settings, Log& log)
    : settings_(std::move(settings)), log_(log), ring_(ring_of(settings_.file)) {
    JournalWriter(settings_, ring_, log_).write_all();
}

DurableJournal::~DurableJournal() {
    try {
        JournalWriter(settings_, ring_, log_).write_all();
    } catch (const std::exception& error) {
        log_.error("journal {}: cannot write: {}; the next start will try again",
                   settings_.file.string(), error.what());
    }
}

template <class Content>
void DurableJournal::put(std::string_view room, const Content& content) noexcept {
    try {
        encode_journal_record(room, content, record_);
        ring_.put(record_);
    } catch (const std::exception&) { // no memory
        ring_.lose();
    }
}

void DurableJournal::read(const std::function<void(JournalRecord)>& take) const {
    JournalStore(settings_.file).read(take);
}

Task<void> DurableJournal::write() {
    if (settings_.forks)
        co_await write_by_child();
    else
        co_await write_by_thread();
}

Task<void> DurableJournal::write_by_thread() {
    Session& session = co_await this_session();
    const WriterThread writer(settings_, ring_, log_);
    Wait wait;
    while (!session.finish_requested())
        co_await until(wait);
}

/// One child after the other, should somebody kill one. They die with this.
Task<void> DurableJournal::write_by_child() {
    Session& session = co_await this_session();
    const auto body = [this] {
        inheritance_.close_others({});
        const std::atomic<bool> never = false;
        JournalWriter(settings_, ring_, log_).run(never);
    };
    while (!session.finish_requested()) {
        strategy::ChildProcess writer = strategy::ChildProcess::start(body, log_);
        co_await writer.end(log_);
        Wait pause;
        pause.deadline = session.now() + before_next_child;
        while (session.now() < pause.deadline && !session.finish_requested())
            co_await until(pause);
    }
}

} // namespace tern::chat
