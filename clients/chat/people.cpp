#include "clients/chat/people.h"

#include <strings.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

namespace tern::chat_client {
namespace {

constexpr std::size_t longest_name = 128; ///< bytes
constexpr std::string_view colons[] = {": ", "：", ":"};
constexpr std::string_view commas[] = {", ", "、", "，"};

bool is_word(std::string_view text) noexcept {
    return !text.empty() && text.size() <= longest_name &&
           text.find_first_of(" \t,:/<>()[]*") == text.npos && text.find("，") == text.npos &&
           text.find("。") == text.npos;
}

/// Where the first of some marks is, and how long it is.
std::pair<std::size_t, std::size_t> find_first(std::string_view text,
                                               std::span<const std::string_view> marks) noexcept {
    std::pair<std::size_t, std::size_t> first(text.npos, 0);
    for (const std::string_view mark : marks)
        if (const std::size_t at = text.find(mark); at < first.first)
            first = {at, mark.size()};
    return first;
}

bool begins_with(std::string_view text, std::string_view begun) noexcept {
    return text.size() >= begun.size() &&
           ::strncasecmp(text.data(), begun.data(), begun.size()) == 0;
}

/// Letters of other scripts stand side by side without being one word.
bool is_ascii_letter(char letter) noexcept {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '_';
}

} // namespace

std::string_view speaker_of(std::string_view line) noexcept {
    const std::string_view name = line.substr(0, find_first(line, colons).first);
    return name.size() < line.size() && is_word(name) ? name : std::string_view();
}

bool mentions(std::string_view line, std::string_view name) noexcept {
    if (name.empty())
        return false;
    for (std::size_t at = 0; at + name.size() <= line.size(); ++at) {
        if (!begins_with(line.substr(at), name))
            continue;
        const std::size_t end = at + name.size();
        const bool begins = at == 0 || !is_ascii_letter(line[at - 1]) || !is_ascii_letter(name[0]);
        const bool ends =
            end == line.size() || !is_ascii_letter(line[end]) || !is_ascii_letter(name.back());
        if (begins && ends)
            return true;
    }
    return false;
}

void People::learn(std::string_view name) {
    if (!is_word(name))
        return;
    const auto known = std::find(names_.begin(), names_.end(), name);
    if (known != names_.end())
        names_.erase(known);
    names_.emplace_front(name);
    if (names_.size() > most)
        names_.pop_back();
}

void People::learn_from(std::string_view line) {
    if (const std::string_view speaker = speaker_of(line); !speaker.empty())
        return learn(speaker);
    const auto [colon, size] = find_first(line, colons);
    if (colon == line.npos) {
        const std::size_t blank = line.find(' ');
        if (blank != line.npos && line.find(' ', blank + 1) != line.npos)
            learn(line.substr(0, blank)); // "ann entered the room"
        return;
    }
    for (std::string_view list = line.substr(colon + size); !list.empty();) {
        const auto [comma, length] = find_first(list, commas);
        learn(list.substr(0, comma));
        list.remove_prefix(
            std::min(list.size(), comma == list.npos ? list.size() : comma + length));
    }
}

std::vector<std::string> People::matching(std::string_view begun) const {
    std::vector<std::string> found;
    std::copy_if(names_.begin(), names_.end(), std::back_inserter(found),
                 [&](const std::string& name) { return begins_with(name, begun); });
    return found;
}

} // namespace tern::chat_client
