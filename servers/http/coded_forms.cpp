#include "servers/http/coded_forms.h"

#include "servers/http/file_cache.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace tern::http {
namespace {

std::size_t index_of(Coding coding) noexcept { return static_cast<std::size_t>(coding); }

/// Besides the content.
constexpr std::size_t bookkeeping = 1'024;

std::size_t bytes_of(const CodedForms::Form& form) {
    return form != nullptr ? form->bytes.size() + bookkeeping : 0;
}

} // namespace

std::vector<std::string> CompressionSettings::usual_types() {
    return {"text/*",
            "application/atom+xml",
            "application/javascript",
            "application/json",
            "application/ld+json",
            "application/manifest+json",
            "application/rss+xml",
            "application/rtf",
            "application/vnd.apple.mpegurl",
            "application/wasm",
            "application/xhtml+xml",
            "application/xml",
            "application/yaml",
            "font/otf",
            "font/ttf",
            "image/bmp",
            "image/svg+xml",
            "image/x-icon"};
}

bool CompressionSettings::covers(std::string_view content_type) const noexcept {
    if (!precompressed && !on_the_fly)
        return false;
    const std::string_view type = trim(content_type.substr(0, content_type.find(';')));
    return std::any_of(types.begin(), types.end(), [type](std::string_view covered) {
        if (!covered.ends_with("/*"))
            return equal_ignoring_case(covered, type);
        covered.remove_suffix(1);
        return equal_ignoring_case(covered, type.substr(0, covered.size()));
    });
}

CodedForms::Form CodedForms::beside(Coding coding) const {
    const std::lock_guard lock(mutex_);
    return beside_[index_of(coding)];
}

CodedForms::Form CodedForms::made(Coding coding) const {
    const std::lock_guard lock(mutex_);
    return made_[index_of(coding)];
}

bool CodedForms::is_due(Clock::time_point now, Clock::duration interval) noexcept {
    Clock::rep last = looked_at_.load(std::memory_order_relaxed);
    const Clock::rep current = now.time_since_epoch().count();
    return (last == never || current - last >= interval.count()) &&
           looked_at_.compare_exchange_strong(last, current);
}

void CodedForms::set_beside(Coding coding, Form form) {
    const std::lock_guard lock(mutex_);
    beside_[index_of(coding)].swap(form);
}

bool CodedForms::claim(Coding coding) noexcept {
    std::atomic<bool>& claimed = claimed_[index_of(coding)];
    return !claimed.load(std::memory_order_relaxed) && !claimed.exchange(true);
}

void CodedForms::set_made(Coding coding, Form form) {
    const std::lock_guard lock(mutex_);
    made_[index_of(coding)].swap(form);
}

std::size_t CodedForms::bytes() const {
    const std::lock_guard lock(mutex_);
    std::size_t sum = 0;
    for (std::size_t i = 0; i < coding_count; ++i)
        sum += bytes_of(beside_[i]) + bytes_of(made_[i]);
    return sum;
}

CodingOrder::CodingOrder(const AcceptedCodings& accepted,
                         const std::vector<Coding>& preference) noexcept {
    Weight below = std::numeric_limits<Weight>::max();
    while (count_ < ranks_.size()) {
        Weight next = 0;
        for (const Coding coding : preference) {
            if (accepted.weight_of(coding) < below)
                next = std::max(next, accepted.weight_of(coding));
        }
        if (next == 0 || next < accepted.identity)
            return;
        Rank& rank = ranks_[count_++];
        for (const Coding coding : preference) {
            if (accepted.weight_of(coding) == next && rank.count < rank.codings.size())
                rank.codings[rank.count++] = coding;
        }
        below = next;
    }
}

} // namespace tern::http
