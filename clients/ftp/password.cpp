#include "clients/ftp/password.h"

#include "common/base/escape.h"
#include "common/editing/ask.h"

#include <cstdlib>

namespace tern::ftp_client {

void complete_password(Account& account) {
    if (account.user.empty() || account.user == "anonymous" || !account.password.empty())
        return;
    if (const char* const known = std::getenv("TERN_FTP_PASSWORD")) {
        account.password = known;
        return;
    }
    const std::string prompt = "Password of " + printable(account.user) + ": ";
    account.password = editing::ask_password(prompt).value_or("");
}

} // namespace tern::ftp_client
