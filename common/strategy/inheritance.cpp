#include "common/strategy/inheritance.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

namespace tern::strategy {

Inheritance::Inheritance() {
    rlimit limit = {};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    for (int descriptor = 0; static_cast<rlim_t>(descriptor) < limit.rlim_cur; ++descriptor)
        if (::fcntl(descriptor, F_GETFD) >= 0)
            kept_.push_back(descriptor);
}

void Inheritance::exclude(int descriptor) { std::erase(kept_, descriptor); }

void Inheritance::close_others(std::initializer_list<int> own) const {
    std::vector<int> kept = kept_;
    for (const int descriptor : own)
        if (descriptor >= 0)
            kept.push_back(descriptor);
    std::sort(kept.begin(), kept.end());
    unsigned next = 0;
    for (const int descriptor : kept) {
        const auto number = static_cast<unsigned>(descriptor);
        if (number > next)
            ::close_range(next, number - 1, 0);
        next = std::max(next, number + 1);
    }
    ::close_range(next, std::numeric_limits<unsigned>::max(), 0);
}

} // namespace tern::strategy
