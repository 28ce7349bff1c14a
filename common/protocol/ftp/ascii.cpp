#include "common/protocol/ftp/ascii.h"

namespace tern::ftp {

void append_as_network_text(std::string& to, std::string_view text) {
    for (const char byte : text) {
        if (byte == '\n')
            to += '\r';
        to += byte;
    }
}

void NetworkTextReader::read(std::string_view wire, std::string& to) {
    for (const char byte : wire) {
        if (after_return_ && byte != '\n')
            to += '\r';
        after_return_ = byte == '\r';
        if (!after_return_)
            to += byte;
    }
}

void NetworkTextReader::end(std::string& to) {
    if (after_return_)
        to += '\r';
    after_return_ = false;
}

} // namespace tern::ftp
