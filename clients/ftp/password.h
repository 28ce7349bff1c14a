#pragma once
// Where a password comes from, if not from a URL: the environment, or the person.

#include "clients/ftp/session.h"

namespace tern::ftp_client {

/// From TERN_FTP_PASSWORD, or asked for on the terminal; not for anonymous users.
void complete_password(Account& account);

} // namespace tern::ftp_client
