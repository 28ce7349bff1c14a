#pragma once
// Commands that take long without a data connection, such as HASH of a large file: done a slice at
// a time, between which others get their turn and the client is heard (meanwhile.h).

#include "common/session/task.h"

#include <string>

namespace tern::ftp {

struct Exchange;

class Labour {
public:
    virtual ~Labour() = default;
    /// A slice, of some milliseconds. True: it is done, and has replied or says what is next.
    virtual bool advance(Exchange& exchange) = 0;
    /// How far it is, for STAT.
    virtual std::string progress() const = 0;
};

/// Takes the exchange's labour and brings it to its end. False: the client is gone.
Task<bool> run_labour(Exchange& exchange);

} // namespace tern::ftp
