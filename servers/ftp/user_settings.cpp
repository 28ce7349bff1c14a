#include "servers/ftp/user_settings.h"

#include "common/base/json_text.h"
#include "common/protocol/ftp/command.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace tern::ftp {
namespace {

using nlohmann::json;

constexpr std::array<std::pair<std::string_view, Right>, 8> words = {{
    {"list", Right::list},
    {"read", Right::read},
    {"write", Right::write},
    {"append", Right::append},
    {"delete", Right::remove},
    {"rename", Right::rename},
    {"mkdir", Right::make_folder},
    {"chmod", Right::change_mode},
}};

Rights rights_from(const json& given, Rights otherwise) {
    if (given.is_null())
        return otherwise;
    Rights rights;
    for (const json& word : given)
        for (const auto& [name, right] : words)
            if (word.get_ref<const std::string&>() == name)
                rights.grant(right);
    return rights;
}

/// What a user and anonymous have in common.
UserSettings common_from(const json& user, const Configuration& configuration) {
    UserSettings settings;
    settings.home = configuration.resolve_path(user.at("home").get<std::string>());
    const json& rate = user.at("rate");
    rate.at("up_bytes_per_s").get_to(settings.limits.up);
    rate.at("down_bytes_per_s").get_to(settings.limits.down);
    user.at("max_sessions").get_to(settings.limits.sessions);
    return settings;
}

void append_users(std::vector<UserSettings>& all, const Configuration& configuration,
                  bool has_anonymous, bool in_users_file) {
    const json& users = configuration.effective().at("users");
    for (std::size_t i = 0; i < users.size(); ++i) {
        const json& user = users[i];
        UserSettings settings = common_from(user, configuration);
        settings.pointer = child_pointer("/users", i);
        user.at("name").get_to(settings.name);
        user.at("password").get_to(settings.password);
        user.at("create_home").get_to(settings.create_home);
        const bool writable = user.at("writable").get<bool>();
        settings.rights =
            rights_from(user.at("rights"), writable ? Rights::all() : Rights::to_look());
        user.at("quota").at("bytes").get_to(settings.limits.bytes);
        user.at("quota").at("files").get_to(settings.limits.files);
        for (const UserSettings& other : all)
            if (other.name == settings.name)
                throw configuration.error(
                    settings.pointer + "/name",
                    fmt::format("found \"{}\" a second time, allowed: once", settings.name));
        if (has_anonymous && is_anonymous_name(settings.name))
            throw configuration.error(settings.pointer + "/name",
                                      fmt::format("found \"{}\", allowed: any other name, for with "
                                                  "/anonymous that one is everybody's",
                                                  settings.name));
        settings.in_users_file = in_users_file;
        all.push_back(std::move(settings));
    }
}

} // namespace

bool is_anonymous_name(std::string_view name) {
    const std::string capitals = upper(name);
    return capitals == "ANONYMOUS" || capitals == "FTP";
}

std::vector<UserSettings> users_from(const Configuration& configuration,
                                     const std::optional<Configuration>& users_file) {
    std::vector<UserSettings> all;
    const json& anonymous = configuration.effective().at("anonymous");
    append_users(all, configuration, !anonymous.is_null(), false);
    if (users_file)
        append_users(all, *users_file, !anonymous.is_null(), true);
    if (anonymous.is_null())
        return all;
    UserSettings settings = common_from(anonymous, configuration);
    settings.name = "anonymous";
    settings.pointer = "/anonymous";
    settings.anonymous = true;
    settings.rights = rights_from(anonymous.at("rights"), Rights::to_look());
    all.push_back(std::move(settings));
    return all;
}

std::string users_file_of(const Configuration& configuration) {
    const auto name = configuration.effective().at("users_file").get<std::string>();
    return name.empty() ? name : configuration.resolve_path(name).string();
}

std::string users_file_schema(std::string_view schema) {
    const json whole = parse_json(schema);
    const json& properties = whole.at("properties");
    const json part = {
        {"type", "object"},
        {"required", {"users"}},
        {"additionalProperties", false},
        {"properties", {{"$schema", properties.at("$schema")}, {"users", properties.at("users")}}},
        {"definitions", whole.at("definitions")}};
    return write_json(part);
}

} // namespace tern::ftp
