#pragma once
// What LIST, NLST and MLSD send: a folder's entries, read as they are sent, so that a large folder
// costs no memory; or those that match a path whose steps are patterns.

#include "common/files/folder.h"
#include "common/protocol/ftp/list_line.h"
#include "servers/ftp/home.h"
#include "servers/ftp/permits.h"
#include "servers/ftp/producer.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tern::ftp {

enum class ListingForm : unsigned char { list, names, facts };

struct ListingWish {
    ListingForm form = ListingForm::list;
    FactSelection facts;
    bool hidden = true; ///< names that begin with a dot
    Rights rights;      ///< of whom it is for, which the fact perm tells
    std::string prefix; ///< of every name (NLST)
};

class Listing final : public Producer {
public:
    /// Of the folder `path`, or of the one entry that `path` is, or, where steps of it are
    /// patterns, of all that match. Errors: the system's; argument_list_too_long for more patterns
    /// than anybody needs.
    static Result<std::unique_ptr<Listing>> open(const Home& home, std::string_view path,
                                                 ListingWish wish);

    Result<Supply> produce(std::string& to) override;

private:
    /// An open folder on the way, whose entries are matched with the step of the same index.
    struct Level {
        files::Folder folder;
        std::string path;
        std::string shown;                   ///< what comes before the entries' names
        std::optional<Permits> permits = {}; ///< once a fact asks for them
    };

    Listing(const Home& home, ListingWish wish) noexcept : home_(home), wish_(std::move(wish)) {}

    Result<void> enter(std::string path, std::string shown);
    Result<void> begin_pattern(std::string_view path);
    Result<void> look_at(std::string& to, const std::string& name);
    bool is_wanted(std::string_view name) const noexcept;
    void append(std::string& to, const std::string& name);
    void append_facts_of(std::string& to, Entry entry, const std::string& name);

    const Home home_;
    ListingWish wish_;
    std::vector<std::string> steps_; ///< one pattern or name for each level; empty: everything
    std::string only_;               ///< not empty: this one entry
    std::vector<Level> levels_;
};

/// The entry that `path` is, with what it leads to if it is a link, and what `rights` let do with
/// it. Errors: the system's.
Result<Entry> entry_of(const Home& home, std::string_view path, Rights rights);

/// Some clients send options of ls, "-la path": of these only -a (`hidden`) says something here.
std::string without_options(std::string argument, bool& hidden);

} // namespace tern::ftp
