#pragma once
// Moves one cargo over one data connection, while the control connection stays alive (meanwhile.h).
//
// The session waits for both connections at once, in one Wait. Everything between two waits is
// plain code: see the commands, move what can be moved, say what to wait for.

#include "common/net/connection.h"
#include "common/protocol/ftp/ascii.h"
#include "servers/ftp/compression.h"
#include "servers/ftp/exchange.h"
#include "servers/ftp/meanwhile.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tern::ftp {

class Transfer {
public:
    /// Takes the exchange's door and cargo; the exchange outlives the transfer.
    explicit Transfer(Exchange& exchange);
    ~Transfer();
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    /// Until the last reply about it is queued. False: the client is gone.
    Task<bool> run();

    std::uint64_t moved() const noexcept { return moved_; }
    bool is_upload() const noexcept { return is_upload_; }
    bool is_complete() const noexcept { return end_ == End::complete; }
    bool is_listing() const noexcept { return is_listing_; }
    /// Of what was moved, once it is complete; empty if nobody asked for it.
    std::string take_digest();
    const std::string& path() const noexcept { return path_; }
    Clock::duration taken() const noexcept { return control_.now() - began_; }
    /// A word for what became of it; and all of these words.
    std::string_view result() const noexcept { return results[static_cast<std::size_t>(end_)]; }
    static constexpr std::array<std::string_view, 7> results = {
        "complete", "aborted", "unconnected", "broken", "refused", "failed", "gone"};
    /// Whether its TLS session was not that of the control connection.
    bool lacks_resumption() const noexcept { return lacks_resumption_; }

private:
    enum class Phase : unsigned char { opening, shaking_hands, copying, moving, settling, over };
    enum class End : unsigned char {
        complete,
        aborted,     ///< by ABOR
        unconnected, ///< no data connection came about
        broken,      ///< the data connection was
        refused,     ///< it did not resume the TLS session of the control connection
        failed_here, ///< error_ says why
        client_is_gone,
    };
    /// What a step came to: go on with the next one, or wait.
    enum class Step : unsigned char { go_on, wait };

    void attend_control();
    std::string progress() const;
    void advance();
    Step step();
    Step open();
    Step shake_hands();
    Step copy();
    Step move();
    Step begin_settling();
    Step settle();
    Step receive();
    Step send();
    Step blocked(const net::Progress& progress);
    Step store(std::string_view bytes);
    Step decompress();
    Step receive_end();
    Step begin_tail();
    Step produce();
    Step give_turn() noexcept;
    void begin(std::unique_ptr<net::Transport> transport);
    std::unique_ptr<net::Transport> encrypted(UniqueFd socket);
    void finish(End end, std::error_code error = {}) noexcept;
    void made_progress() noexcept;
    bool is_too_fast() const noexcept;
    std::size_t portion() const noexcept;
    void keep_pace(std::size_t bytes) noexcept;
    Wait& prepare() noexcept;
    void observe() noexcept;
    void conclude();
    void commit();

    Exchange& exchange_;
    net::Connection& control_;
    std::unique_ptr<DataDoor> door_;
    Cargo cargo_;
    const bool is_upload_;
    const bool is_listing_;
    const std::string path_;
    const Clock::time_point began_;
    bool lacks_resumption_ = false;
    std::unique_ptr<net::Connection> data_;

    Phase phase_ = Phase::opening;
    End end_ = End::complete;
    std::error_code error_;
    bool announced_ = false; ///< by 150
    Meanwhile meanwhile_;
    short interest_ = 0; ///< of the data connection; 0: only a turn
    Clock::time_point deadline_;
    Clock::time_point next_portion_ = Clock::time_point::min(); ///< by the user's pace
    std::array<pollfd, 2> interests_ = {};
    Wait wait_;

    std::uint64_t moved_ = 0;
    bool all_has_come_ = false;                       ///< of an upload
    std::unique_ptr<std::array<char, 65536>> buffer_; ///< of an upload in MODE Z
    std::string chunk_;                               ///< of a producer, and what is sent of it
    std::size_t chunk_sent_ = 0;
    NetworkTextReader text_reader_;
    std::optional<Decompressor> decompressor_; ///< of an upload in MODE Z
    std::string_view compressed_;              ///< of buffer_, what is left
    std::string decompressed_;
    unsigned pieces_ = 0; ///< made of what came, without a wait
};

} // namespace tern::ftp
