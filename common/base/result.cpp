#include "common/base/result.h"

#include <cerrno>
#include <string>

namespace tern {
namespace {

class ConditionCategory final : public std::error_category {
public:
    const char* name() const noexcept override { return "tern"; }
    std::string message(int value) const override {
        switch (static_cast<Condition>(value)) {
        case Condition::closed:
            return "closed by the peer";
        case Condition::timed_out:
            return "timed out";
        case Condition::stopping:
            return "the server is stopping";
        case Condition::truncated:
            return "cut off by the peer";
        }
        return "unknown condition";
    }
};

} // namespace

std::error_code make_error_code(Condition condition) noexcept {
    static const ConditionCategory category;
    return {static_cast<int>(condition), category};
}

std::error_code last_error() noexcept { return {errno, std::system_category()}; }

} // namespace tern
