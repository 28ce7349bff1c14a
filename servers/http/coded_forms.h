#pragma once
// The coded forms of a file (RFC 9110 §8.4): those that lie beside it, made beforehand
// ("page.html.br"), and those that the server makes itself. They live and go with the StoredFile
// that they belong to.

#include "common/base/clock.h"
#include "common/protocol/http/content_coding.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace tern::http {

struct StoredFile;

/// How a site's files are offered in coded form.
struct CompressionSettings {
    bool precompressed = true; ///< files beside the plain one
    bool on_the_fly = true;
    /// Media types without parameters, or "text/*".
    std::vector<std::string> types = usual_types();
    std::uint64_t min_bytes = 256;        ///< that are compressed on the fly
    std::uint64_t max_bytes = 128 * 1024; ///< likewise, and no more than the cache takes
    std::vector<Coding> codings = {Coding::brotli, Coding::zstd, Coding::gzip}; ///< best first

    static std::vector<std::string> usual_types();

    /// Whether files of that type may have coded forms.
    bool covers(std::string_view content_type) const noexcept;
};

/// What is known of the coded forms of one file. Thread-safe.
class CodedForms {
public:
    using Form = std::shared_ptr<const StoredFile>;

    /// Null: there is none (yet).
    Form beside(Coding coding) const;
    Form made(Coding coding) const;

    /// True for one caller, who then looks for the files beside: at first, and each time that
    /// `interval` has passed.
    bool is_due(Clock::time_point now, Clock::duration interval) noexcept;
    void set_beside(Coding coding, Form form);

    /// True for one caller, who then makes that form; everybody else does without meanwhile.
    bool claim(Coding coding) noexcept;
    void set_made(Coding coding, Form form);

    /// Of all forms that are kept.
    std::size_t bytes() const;

private:
    using Forms = std::array<Form, coding_count>;

    mutable std::mutex mutex_;
    Forms beside_;
    Forms made_;
    std::array<std::atomic<bool>, coding_count> claimed_ = {};
    std::atomic<Clock::rep> looked_at_ = never;
    static constexpr Clock::rep never = Clock::time_point::min().time_since_epoch().count();
};

/// What to do for a client: which forms to try, best first, as long as they are better than none.
class CodingOrder {
public:
    CodingOrder(const AcceptedCodings& accepted, const std::vector<Coding>& preference) noexcept;

    /// Those that are equally welcome, for which the choice is ours.
    struct Rank {
        std::array<Coding, coding_count> codings = {};
        std::size_t count = 0;
        const Coding* begin() const noexcept { return codings.data(); }
        const Coding* end() const noexcept { return codings.data() + count; }
    };
    const Rank* begin() const noexcept { return ranks_.data(); }
    const Rank* end() const noexcept { return ranks_.data() + count_; }

private:
    std::array<Rank, coding_count> ranks_;
    std::size_t count_ = 0;
};

} // namespace tern::http
