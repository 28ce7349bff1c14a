#pragma once
// What LIST, NLST and MLSD send: a folder's entries, read as they are sent, so that a large folder
// costs no memory.

#include "common/protocol/ftp/list_line.h"
#include "servers/ftp/home.h"
#include "servers/ftp/producer.h"

#include <dirent.h>

#include <memory>
#include <string>
#include <string_view>

namespace tern::ftp {

enum class ListingForm : unsigned char { list, names, facts };

struct ListingWish {
    ListingForm form = ListingForm::list;
    FactSelection facts;
    bool hidden = true;    ///< names that begin with a dot
    bool writable = false; ///< for the fact perm
    std::string prefix;    ///< of every name (NLST)
};

class Listing final : public Producer {
public:
    /// Of the folder `path`, or of the one entry that `path` is, or, where its last step is a
    /// pattern, of what matches it. Errors: the system's.
    static Result<std::unique_ptr<Listing>> open(const Home& home, std::string_view path,
                                                 ListingWish wish);

    Result<Supply> produce(std::string& to) override;

private:
    struct Close {
        void operator()(DIR* folder) const noexcept { ::closedir(folder); }
    };

    Listing(const Home& home, std::string path, ListingWish wish) noexcept
        : home_(home), path_(std::move(path)), wish_(std::move(wish)) {}

    bool is_wanted(std::string_view name) const noexcept;
    void append(std::string& to, const std::string& name);

    const Home home_;
    std::string path_; ///< of the folder
    ListingWish wish_;
    std::string pattern_; ///< empty: everything
    std::string only_;    ///< not empty: this one entry
    std::unique_ptr<DIR, Close> folder_;
};

/// The entry that `path` is, with what it leads to if it is a link. Errors: the system's.
Result<Entry> entry_of(const Home& home, std::string_view path);

} // namespace tern::ftp
