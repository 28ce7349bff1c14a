#pragma once
// Who was heard of, for completion: most recent first, and not too many.

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace tern::chat_client {

/// Who says a line such as "ann: hello" or "ann：你好"; empty if nobody does.
std::string_view speaker_of(std::string_view line) noexcept;

/// Whether `name` is in `line` as a word of its own, in whatever case its ASCII letters are.
bool mentions(std::string_view line, std::string_view name) noexcept;

class People {
public:
    /// Learns the speaker of a line, those of a list ("In lobby now: ann, bob"), and who comes
    /// ("ann entered the room").
    void learn_from(std::string_view line);
    void learn(std::string_view name);

    /// Names that begin with `begun`, whatever the case of ASCII letters.
    std::vector<std::string> matching(std::string_view begun) const;

private:
    static constexpr std::size_t most = 500;
    std::deque<std::string> names_;
};

} // namespace tern::chat_client
