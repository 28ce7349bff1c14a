// The one file that knows ICU.

#include "common/protocol/chat/name.h"

#include "common/protocol/chat/text.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <stdexcept>

namespace tern::chat {
namespace {

/// No name is longer than this, whatever the rules say; normalising one is quick.
constexpr std::size_t longest_text = 1024;

const icu::Normalizer2& normal_form(const icu::Normalizer2* (*get)(UErrorCode&)) {
    UErrorCode error = U_ZERO_ERROR;
    const icu::Normalizer2* const form = get(error);
    if (U_FAILURE(error))
        throw std::runtime_error(std::string("ICU: ") + u_errorName(error));
    return *form;
}

icu::UnicodeString normalised(const icu::UnicodeString& text,
                              const icu::Normalizer2* (*get)(UErrorCode&)) {
    UErrorCode error = U_ZERO_ERROR;
    return normal_form(get).normalize(text, error);
}

icu::UnicodeString unicode_of(std::string_view text) {
    return icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
}

bool is_letter_or_digit(UChar32 point) {
    constexpr std::uint32_t kinds =
        U_GC_L_MASK | U_GC_M_MASK | U_GC_ND_MASK; // RFC 8264 section 9.1: LetterDigits
    return (U_GET_GC_MASK(point) & kinds) != 0 &&
           !u_hasBinaryProperty(point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

bool is_allowed(UChar32 point, const NameRules& rules) {
    if (point < 0x80 && rules.punctuation.find(static_cast<char>(point)) != std::string::npos)
        return point > 0x20 && point < 0x7F;
    return is_letter_or_digit(point) && (point < 0x80 || !rules.ascii_only);
}

bool all_allowed(const icu::UnicodeString& text, const NameRules& rules) {
    if (U_GET_GC_MASK(text.char32At(0)) & U_GC_M_MASK)
        return false; // a mark that would stick to what is written before the name
    for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1))
        if (!is_allowed(text.char32At(at), rules))
            return false;
    return true;
}

/// Scripts in which many a letter looks like one of another's.
bool has_lookalikes(UScriptCode script) {
    return script == USCRIPT_LATIN || script == USCRIPT_GREEK || script == USCRIPT_CYRILLIC ||
           script == USCRIPT_ARMENIAN || script == USCRIPT_CHEROKEE || script == USCRIPT_COPTIC;
}

bool mixes_lookalikes(const icu::UnicodeString& text) {
    UScriptCode first = USCRIPT_COMMON;
    for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
        UErrorCode error = U_ZERO_ERROR;
        const UScriptCode script = uscript_getScript(text.char32At(at), &error);
        if (!has_lookalikes(script))
            continue;
        if (first != USCRIPT_COMMON && script != first)
            return true;
        first = script;
    }
    return false;
}

/// The Bidi Rule of RFC 5893 section 2, but that a name from left to right may begin with a digit
/// or a sign.
bool runs_both_ways(const icu::UnicodeString& text) {
    bool has_left = false, has_right = false;
    for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
        const UCharDirection direction = u_charDirection(text.char32At(at));
        has_left = has_left || direction == U_LEFT_TO_RIGHT;
        has_right = has_right || direction == U_RIGHT_TO_LEFT ||
                    direction == U_RIGHT_TO_LEFT_ARABIC || direction == U_ARABIC_NUMBER;
    }
    const auto is_letter_of_right = [&text](std::int32_t at) {
        const UCharDirection direction = u_charDirection(text.char32At(at));
        return direction == U_RIGHT_TO_LEFT || direction == U_RIGHT_TO_LEFT_ARABIC;
    };
    return has_right && (has_left || !is_letter_of_right(0));
}

std::string key_from(const icu::UnicodeString& text) {
    std::string key;
    return normalised(text, icu::Normalizer2::getNFKCCasefoldInstance).toUTF8String(key);
}

} // namespace

Name name_from(std::string_view text, const NameRules& rules) {
    Name name;
    const auto fail = [&name](NameFault fault) {
        name.fault = fault;
        return name;
    };
    if (text.empty())
        return fail(NameFault::empty);
    if (text.size() > longest_text)
        return fail(NameFault::too_long);
    if (fault_of(text))
        return fail(NameFault::not_allowed);
    const icu::UnicodeString normal =
        normalised(unicode_of(text), icu::Normalizer2::getNFCInstance);
    if (static_cast<std::size_t>(normal.countChar32()) > rules.longest)
        return fail(NameFault::too_long);
    if (!all_allowed(normal, rules))
        return fail(NameFault::not_allowed);
    if (!rules.mixed_scripts && (mixes_lookalikes(normal) || runs_both_ways(normal)))
        return fail(NameFault::not_allowed);
    normal.toUTF8String(name.text);
    name.key = key_from(normal);
    if (name.key.empty()) {
        name.text.clear();
        return fail(NameFault::not_allowed);
    }
    return name;
}

std::string key_of(std::string_view text) {
    if (text.size() > longest_text || fault_of(text))
        return std::string(text);
    return key_from(unicode_of(text));
}

} // namespace tern::chat
