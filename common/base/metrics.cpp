#include "common/base/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cctype>
#include <stdexcept>
#include <thread>
#include <utility>

namespace tern {
namespace {

constexpr std::size_t cache_line = 64;

/// A power of two, so that a processor's shard is found by a mask.
std::size_t shards_for_this_machine() noexcept {
    const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
    return std::bit_ceil(std::min<std::size_t>(processors, 64));
}

bool is_letter(char c) noexcept { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// [a-zA-Z_:][a-zA-Z0-9_:]*; label names have no colon.
bool is_name(std::string_view name, bool of_metric) noexcept {
    const auto fits = [of_metric](char c) {
        return is_letter(c) || is_digit(c) || c == '_' || (of_metric && c == ':');
    };
    return !name.empty() && !is_digit(name.front()) && std::all_of(name.begin(), name.end(), fits);
}

/// Backslash and line feed; in label values the double quote too.
void append_escaped(std::string& to, std::string_view text, bool in_quotes) {
    for (const char c : text) {
        if (c == '\n')
            to += "\\n";
        else if (c == '\\' || (c == '"' && in_quotes))
            (to += '\\') += c;
        else
            to += c;
    }
}

void append_label(std::string& to, std::string_view name, std::string_view value) {
    to += to.empty() ? "{" : ",";
    to += fmt::format("{}=\"", name);
    append_escaped(to, value, true);
    to += '"';
}

/// "{a="b",le="0.1"}", or nothing if there is no label.
std::string label_text(const MetricLabels& labels, std::string_view bound = {}) {
    std::string text;
    for (const MetricLabel& label : labels)
        append_label(text, label.name, label.value);
    if (!bound.empty())
        append_label(text, "le", bound);
    return text.empty() ? text : text + '}';
}

double in_seconds(std::chrono::nanoseconds duration) noexcept {
    return std::chrono::duration<double>(duration).count();
}

} // namespace

struct Metrics::Series {
    MetricLabels labels;
    std::size_t slot = 0; ///< the first of its slots, among counters or among gauges
    std::vector<std::chrono::nanoseconds> bounds;
};

struct Metrics::Family {
    std::string name, help, kind;
    std::vector<std::unique_ptr<Series>> series; ///< their addresses stay: handles refer to bounds
};

Metrics::Metrics()
    : shards_(shards_for_this_machine()),
      memory_(gauge_capacity * cache_line +
              shards_ * counter_capacity * sizeof(std::atomic<std::uint64_t>)) {}

Metrics::~Metrics() = default;

Metrics::Family& Metrics::family(std::string_view name, std::string_view help,
                                 std::string_view kind) {
    if (!is_name(name, true))
        throw std::logic_error(fmt::format("not a metric's name: {}", name));
    for (const auto& known : families_) {
        if (known->name != name)
            continue;
        if (known->kind != kind)
            throw std::logic_error(
                fmt::format("metric {} is a {}, no {}", name, known->kind, kind));
        return *known;
    }
    families_.push_back(std::make_unique<Family>(
        Family{std::string(name), std::string(help), std::string(kind), {}}));
    return *families_.back();
}

Metrics::Series* Metrics::find(Family& family, const MetricLabels& labels) {
    for (const MetricLabel& label : labels)
        if (!is_name(label.name, false) || label.name == "le")
            throw std::logic_error(fmt::format("not a label's name: {}", label.name));
    for (const auto& known : family.series)
        if (known->labels == labels)
            return known.get();
    return nullptr;
}

Metrics::Series& Metrics::add(Family& family, MetricLabels labels, std::size_t slot) {
    family.series.push_back(std::make_unique<Series>(Series{std::move(labels), slot, {}}));
    return *family.series.back();
}

std::size_t Metrics::take_slots(std::size_t& used, std::size_t count, std::size_t capacity) {
    if (count > capacity - used)
        throw std::length_error(fmt::format("more than {} metrics of a kind", capacity));
    return std::exchange(used, used + count);
}

Counter Metrics::counter_at(std::size_t slot) const noexcept {
    auto* const bytes = static_cast<std::byte*>(memory_.address()) + gauge_capacity * cache_line;
    auto* const counters = reinterpret_cast<Counter::Slot*>(bytes);
    return {counters + slot, counter_capacity, shards_ - 1};
}

Gauge Metrics::gauge_at(std::size_t slot) const noexcept {
    auto* const bytes = static_cast<std::byte*>(memory_.address()) + slot * cache_line;
    return Gauge(reinterpret_cast<Gauge::Slot*>(bytes));
}

Counter Metrics::counter(std::string_view name, std::string_view help, MetricLabels labels) {
    Family& kin = family(name, help, "counter");
    if (const Series* known = find(kin, labels))
        return counter_at(known->slot);
    const std::size_t slot = take_slots(counters_used_, 1, counter_capacity);
    return counter_at(add(kin, std::move(labels), slot).slot);
}

Gauge Metrics::gauge(std::string_view name, std::string_view help, MetricLabels labels) {
    Family& kin = family(name, help, "gauge");
    if (const Series* known = find(kin, labels))
        return gauge_at(known->slot);
    const std::size_t slot = take_slots(gauges_used_, 1, gauge_capacity);
    return gauge_at(add(kin, std::move(labels), slot).slot);
}

Histogram Metrics::histogram(std::string_view name, std::string_view help,
                             std::vector<std::chrono::nanoseconds> bounds, MetricLabels labels) {
    Family& kin = family(name, help, "histogram");
    const Series* series = find(kin, labels);
    if (series == nullptr) {
        const std::size_t slots = bounds.size() + 2; // and one for longer ones, and the sum
        const std::size_t slot = take_slots(counters_used_, slots, counter_capacity);
        Series& added = add(kin, std::move(labels), slot);
        added.bounds = std::move(bounds);
        series = &added;
    }
    return {counter_at(series->slot), series->bounds};
}

void Histogram::observe(std::chrono::nanoseconds duration) const noexcept {
    const auto bound = std::lower_bound(bounds_.begin(), bounds_.end(), duration);
    first_.slot_after(static_cast<std::size_t>(bound - bounds_.begin())).add();
    const auto nanoseconds = std::max(duration, std::chrono::nanoseconds(0)).count();
    first_.slot_after(bounds_.size() + 1).add(static_cast<std::uint64_t>(nanoseconds));
}

void Metrics::append_histogram(std::string& text, const Family& family,
                               const Series& series) const {
    const Counter first = counter_at(series.slot);
    std::uint64_t count = 0;
    for (std::size_t i = 0; i <= series.bounds.size(); ++i) {
        count += first.slot_after(i).value();
        const std::string bound =
            i < series.bounds.size() ? fmt::format("{}", in_seconds(series.bounds[i])) : "+Inf";
        text +=
            fmt::format("{}_bucket{} {}\n", family.name, label_text(series.labels, bound), count);
    }
    const auto sum = static_cast<std::int64_t>(first.slot_after(series.bounds.size() + 1).value());
    const std::string labels = label_text(series.labels);
    text += fmt::format("{}_sum{} {}\n", family.name, labels,
                        in_seconds(std::chrono::nanoseconds(sum)));
    text += fmt::format("{}_count{} {}\n", family.name, labels, count);
}

void Metrics::append_series(std::string& text, const Family& family, const Series& series) const {
    if (family.kind == "histogram")
        append_histogram(text, family, series);
    else if (family.kind == "counter")
        text += fmt::format("{}{} {}\n", family.name, label_text(series.labels),
                            counter_at(series.slot).value());
    else
        text += fmt::format("{}{} {}\n", family.name, label_text(series.labels),
                            gauge_at(series.slot).value());
}

std::string Metrics::prometheus_text() const {
    std::string text;
    for (const auto& kin : families_) {
        text += fmt::format("# HELP {} ", kin->name);
        append_escaped(text, kin->help, false);
        text += fmt::format("\n# TYPE {} {}\n", kin->name, kin->kind);
        for (const auto& one : kin->series)
            append_series(text, *kin, *one);
    }
    return text;
}

} // namespace tern
