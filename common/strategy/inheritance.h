#pragma once
// What a forked child keeps of its parent's descriptors: a client's socket that stays open in
// some other client's process would never look closed to its peer.

#include <initializer_list>
#include <vector>

namespace tern::strategy {

class Inheritance {
public:
    /// Everything that is open now is for all children: logs, folders, the stop signal.
    /// Throws std::filesystem::filesystem_error where there is no /proc.
    Inheritance();

    void exclude(int descriptor);

    /// In the child: closes everything but what is for all and `own` (negative ones are passed
    /// over). The parent's objects that owned the rest are never destroyed here.
    void close_others(std::initializer_list<int> own) const;

private:
    std::vector<int> kept_; ///< ascending
};

} // namespace tern::strategy
