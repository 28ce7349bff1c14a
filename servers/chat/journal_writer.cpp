#include "servers/chat/journal_writer.h"

#include <algorithm>
#include <exception>
#include <vector>

namespace tern::chat {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_in_batch = 4096;
constexpr int gathering_ms = 20; ///< what is said meanwhile goes into one transaction
constexpr int retry_ms = 500;
constexpr Clock::duration between_complaints = 60s;
constexpr Clock::duration between_forgettings = 60s;

} // namespace

void JournalWriter::run(const std::atomic<bool>& stops) {
    while (!stops) {
        ring_.wait(patience_ms());
        if (stops)
            return;
        const bool works = try_to_write();
        ring_.wait_for_bell(works ? gathering_ms : retry_ms);
    }
}

/// Until what was written has to be made durable.
int JournalWriter::patience_ms() const noexcept {
    if (is_failing_)
        return retry_ms;
    if (is_durable_)
        return -1;
    const auto rest = durable_at_ + settings_.fsync_interval - Clock::now();
    return static_cast<int>(
        std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(rest).count()));
}

bool JournalWriter::try_to_write() noexcept {
    try {
        if (!store_)
            store_.emplace(settings_.file);
        write_batches();
        keep_promises();
        say_that_it_works();
        return true;
    } catch (const std::exception& error) {
        store_.reset();
        say_that_it_fails(error.what());
        return false;
    }
}

void JournalWriter::write_batches() {
    for (;;) {
        const JournalRing::Batch batch = ring_.look(most_in_batch);
        if (!batch.records.empty()) {
            std::vector<JournalRecord> records;
            for (const std::string& bytes : batch.records)
                if (std::optional<JournalRecord> record = decode_journal_record(bytes))
                    records.push_back(std::move(*record));
            store_->add(records);
            if (is_durable_)
                durable_at_ = Clock::now(); // the interval begins with the first
            is_durable_ = false;
        }
        ring_.take_out(batch);
        if (batch.records.size() < most_in_batch)
            return;
    }
}

void JournalWriter::keep_promises() {
    const Clock::time_point now = Clock::now();
    if (now >= forgotten_at_ + between_forgettings) {
        store_->forget(settings_.retention, WallClock::now(), false);
        forgotten_at_ = now;
    }
    if (!is_durable_ && now >= durable_at_ + settings_.fsync_interval) {
        store_->make_durable();
        is_durable_ = true;
    }
}

void JournalWriter::write_all() {
    store_.emplace(settings_.file);
    write_batches();
    store_->forget(settings_.retention, WallClock::now(), true);
    store_->make_durable();
    is_durable_ = true;
}

void JournalWriter::say_that_it_fails(const char* why) {
    const Clock::time_point now = Clock::now();
    if (is_failing_ && now < complained_at_ + between_complaints)
        return;
    log_.error("journal {}: cannot write: {}; what is said is kept in memory, and tried again",
               settings_.file.string(), why);
    is_failing_ = true;
    complained_at_ = now;
}

void JournalWriter::say_that_it_works() {
    if (is_failing_)
        log_.info("journal {}: writes again", settings_.file.string());
    is_failing_ = false;
    if (const std::uint64_t lost = ring_.take_lost(); lost > 0)
        log_.warning("journal {}: {} messages are not in it", settings_.file.string(), lost);
}

} // namespace tern::chat
