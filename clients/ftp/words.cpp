#include "clients/ftp/words.h"

namespace tern::ftp_client {

std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    bool is_word = false;
    char quote = '\0';
    for (std::size_t at = 0; at < line.size(); ++at) {
        const char letter = line[at];
        if (quote == '\0' && (letter == ' ' || letter == '\t')) {
            is_word = false;
            continue;
        }
        if (!is_word)
            words.emplace_back();
        is_word = true;
        if (letter == '\\' && quote != '\'' && at + 1 < line.size())
            words.back() += line[++at];
        else if (quote == '\0' && (letter == '"' || letter == '\''))
            quote = letter;
        else if (letter == quote)
            quote = '\0';
        else
            words.back() += letter;
    }
    return words;
}

} // namespace tern::ftp_client
