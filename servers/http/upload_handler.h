#pragma once
// Stores what clients send in a folder (docs/http-upload.md): PUT and DELETE of files, forms
// that hold files, and MKCOL.

#include "servers/http/handler.h"
#include "servers/http/upload.h"

#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace tern::http {

class UploadHandler final : public Handler {
public:
    /// `route_path`: the route's path, with its "*" if it has one.
    UploadHandler(std::shared_ptr<UploadStorage> storage, UploadSettings settings,
                  std::string_view route_path);

    Response respond(const Request& request) override;
    std::unique_ptr<BodySink> receive(const Request& request) override;

private:
    using Begun = std::variant<std::unique_ptr<BodySink>, Response>;

    Begun begin(const Request& request) const;
    Begun begin_put(const Request& request) const;
    Begun begin_form(const Request& request) const;
    Response remove(const Request& request) const;
    Response make_folder(const Request& request) const;
    Response changed(int folder, Status status) const;
    std::string_view below_route(const Request& request) const noexcept;

    const std::shared_ptr<UploadStorage> storage_;
    const UploadSettings settings_;
    const std::string prefix_; ///< of paths; empty: the route has one path, which is the folder's
};

/// With the real file system; removes what a crash has left behind. Throws std::system_error
/// whose text names the folder.
std::shared_ptr<Handler> make_upload_handler(const RouteSettings& route);

} // namespace tern::http
