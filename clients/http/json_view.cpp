#include "clients/http/json_view.h"

#include "common/base/escape.h"

#include <nlohmann/json.hpp>

#include <vector>

namespace tern::http_client {
namespace {

using nlohmann::json;
using terminal::Style;

constexpr std::size_t deepest = 200;

/// Writes while nlohmann's parser reads, which does not recurse: depth costs no stack.
class Writer final : public nlohmann::json_sax<json> {
public:
    explicit Writer(const terminal::Paint& paint) : paint_(paint) {}
    std::string take() { return std::move(text_) + '\n'; }

    bool null() override { return value(Style::dim, "null"); }
    bool boolean(bool is_true) override { return value(Style::yellow, is_true ? "true" : "false"); }
    bool number_integer(number_integer_t number) override {
        return value(Style::magenta, std::to_string(number));
    }
    bool number_unsigned(number_unsigned_t number) override {
        return value(Style::magenta, std::to_string(number));
    }
    bool number_float(number_float_t, const string_t& digits) override {
        return value(Style::magenta, digits); // as the server wrote it
    }
    bool string(string_t& text) override {
        std::string quoted;
        append_json_string(quoted, text);
        return value(Style::green, quoted);
    }
    bool binary(binary_t&) override { return false; }

    bool start_object(std::size_t) override { return open('{'); }
    bool key(string_t& name) override {
        next_line();
        std::string quoted;
        append_json_string(quoted, name);
        text_ += paint_(Style::cyan, quoted) + ": ";
        follows_key_ = true;
        return true;
    }
    bool end_object() override { return close('}'); }
    bool start_array(std::size_t) override { return open('['); }
    bool end_array() override { return close(']'); }
    bool parse_error(std::size_t, const std::string&, const json::exception&) override {
        return false;
    }

private:
    void next_line() {
        if (members_.empty())
            return;
        if (members_.back()++ > 0)
            text_ += ',';
        text_ += '\n';
        text_.append(members_.size() * 2, ' ');
    }
    void begin_value() {
        if (!follows_key_)
            next_line();
        follows_key_ = false;
    }
    bool value(Style style, std::string_view text) {
        begin_value();
        text_ += paint_(style, text);
        return true;
    }
    bool open(char bracket) {
        begin_value();
        text_ += bracket;
        members_.push_back(0);
        return members_.size() <= deepest;
    }
    bool close(char bracket) {
        const bool has_members = members_.back() > 0;
        members_.pop_back();
        if (has_members) {
            text_ += '\n';
            text_.append(members_.size() * 2, ' ');
        }
        text_ += bracket;
        return true;
    }

    const terminal::Paint& paint_;
    std::string text_;
    std::vector<std::size_t> members_; ///< so far, of each object and array around
    bool follows_key_ = false;
};

} // namespace

std::optional<std::string> json_view(std::string_view text, const terminal::Paint& paint) {
    Writer writer(paint);
    if (!json::sax_parse(text.begin(), text.end(), &writer))
        return std::nullopt;
    return writer.take();
}

} // namespace tern::http_client
