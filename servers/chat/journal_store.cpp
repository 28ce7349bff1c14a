#include "servers/chat/journal_store.h"

#include <sqlite3.h>

#include <string_view>
#include <utility>

namespace tern::chat {
namespace {

constexpr int patience_ms = 5000; ///< with a server that is just ending

constexpr const char* preparation =
    "PRAGMA locking_mode = EXCLUSIVE;" // no second server, and no shared memory file
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = NORMAL;" // fsync at checkpoints only: make_durable()
    "BEGIN IMMEDIATE;"
    "CREATE TABLE IF NOT EXISTS said (id INTEGER PRIMARY KEY, room TEXT NOT NULL,"
    " time_us INTEGER NOT NULL, name TEXT NOT NULL, user TEXT NOT NULL, host TEXT NOT NULL,"
    " manner INTEGER NOT NULL, door INTEGER NOT NULL, text TEXT NOT NULL);"
    "CREATE INDEX IF NOT EXISTS said_by_room ON said (room, id);"
    "DROP INDEX IF EXISTS said_by_time;" // of earlier versions: each message paid for it
    "CREATE TABLE IF NOT EXISTS rooms (room TEXT PRIMARY KEY, changed_us INTEGER NOT NULL,"
    " topic TEXT NOT NULL, topic_by TEXT NOT NULL, topic_time_us INTEGER NOT NULL,"
    " modes TEXT NOT NULL, key TEXT NOT NULL, members INTEGER NOT NULL, bans TEXT NOT NULL);"
    "COMMIT;";

struct CloseDatabase {
    void operator()(sqlite3* database) const noexcept { ::sqlite3_close_v2(database); }
};
using Handle = std::unique_ptr<sqlite3, CloseDatabase>;

[[noreturn]] void fail(sqlite3* database) { throw JournalError(::sqlite3_errmsg(database)); }

void execute(sqlite3* database, const char* sql) {
    if (::sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        fail(database);
}

class Statement {
public:
    Statement(sqlite3* database, std::string_view sql) : database_(database) {
        sqlite3_stmt* made = nullptr;
        if (::sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &made,
                                 nullptr) != SQLITE_OK)
            fail(database);
        statement_.reset(made);
    }
    Statement& operator<<(std::int64_t number) {
        check(::sqlite3_bind_int64(statement_.get(), ++bound_, number));
        return *this;
    }
    /// `text` outlives the next run().
    Statement& operator<<(std::string_view text) {
        check(::sqlite3_bind_text(statement_.get(), ++bound_, text.data(),
                                  static_cast<int>(text.size()), SQLITE_STATIC));
        return *this;
    }
    /// To its end; ready to be bound again.
    void run() {
        const int result = ::sqlite3_step(statement_.get());
        ::sqlite3_reset(statement_.get());
        bound_ = 0;
        if (result != SQLITE_DONE)
            fail(database_);
    }
    /// The next row; false if there is none.
    bool next() {
        const int result = ::sqlite3_step(statement_.get());
        if (result != SQLITE_ROW && result != SQLITE_DONE)
            fail(database_);
        return result == SQLITE_ROW;
    }
    std::int64_t number(int column) const {
        return ::sqlite3_column_int64(statement_.get(), column);
    }
    std::string text(int column) const {
        const void* const bytes = ::sqlite3_column_blob(statement_.get(), column);
        const auto size =
            static_cast<std::size_t>(::sqlite3_column_bytes(statement_.get(), column));
        return bytes != nullptr ? std::string(static_cast<const char*>(bytes), size)
                                : std::string();
    }

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept { ::sqlite3_finalize(statement); }
    };
    void check(int result) {
        if (result != SQLITE_OK)
            fail(database_);
    }

    sqlite3* const database_;
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    int bound_ = 0;
};

/// All or nothing.
class Transaction {
public:
    explicit Transaction(sqlite3* database) : database_(database) { execute(database_, "BEGIN"); }
    ~Transaction() {
        if (!is_over_) // its error is not the one to tell
            ::sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit() {
        execute(database_, "COMMIT");
        is_over_ = true;
    }

private:
    sqlite3* const database_;
    bool is_over_ = false;
};

Handle open(const std::filesystem::path& file) {
    sqlite3* opened = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    const int result = ::sqlite3_open_v2(file.c_str(), &opened, flags, nullptr);
    Handle handle(opened); // also of a failure
    if (result != SQLITE_OK)
        throw JournalError(file.string() + ": " + ::sqlite3_errstr(result));
    ::sqlite3_busy_timeout(opened, patience_ms);
    if (::sqlite3_exec(opened, preparation, nullptr, nullptr, nullptr) != SQLITE_OK)
        throw JournalError(file.string() + ": " + ::sqlite3_errmsg(opened));
    return handle;
}

} // namespace

struct JournalStore::Database {
    explicit Database(const std::filesystem::path& file)
        : handle(open(file)),
          insert(handle.get(), "INSERT OR IGNORE INTO said VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
          forget_by_count(handle.get(),
                          "DELETE FROM said WHERE room = ?1 AND id <= (SELECT id FROM said WHERE "
                          "room = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)"),
          // What is old is at the front: messages are numbered as they are said.
          forget_by_age(handle.get(),
                        "DELETE FROM said WHERE id < COALESCE((SELECT id FROM said WHERE "
                        "time_us >= ? ORDER BY id LIMIT 1), 9223372036854775807)"),
          set(handle.get(), "INSERT OR REPLACE INTO rooms VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
          forget_rooms_by_age(handle.get(), "DELETE FROM rooms WHERE changed_us < ? AND NOT EXISTS "
                                            "(SELECT 1 FROM said WHERE said.room = rooms.room)"),
          forget_rooms_by_count(handle.get(),
                                "DELETE FROM rooms WHERE room IN (SELECT room FROM rooms "
                                "ORDER BY changed_us DESC LIMIT -1 OFFSET ?)") {}

    Handle handle; ///< first: it closes last
    Statement insert, forget_by_count, forget_by_age;
    Statement set, forget_rooms_by_age, forget_rooms_by_count;

    void add(const std::string& room, const Said& said);
    void add(const std::string& room, const RoomState& state);
};

void JournalStore::Database::add(const std::string& room, const Said& said) {
    insert << static_cast<std::int64_t>(said.id) << std::string_view(room)
           << unix_microseconds(said.time) << std::string_view(said.name)
           << std::string_view(said.user) << std::string_view(said.host)
           << static_cast<std::int64_t>(said.manner) << static_cast<std::int64_t>(said.door)
           << std::string_view(said.text);
    insert.run();
}

void JournalStore::Database::add(const std::string& room, const RoomState& state) {
    const RoomModes& modes = state.modes;
    const std::string letters = modes.letters();
    const std::string bans = text_of_bans(modes);
    set << std::string_view(room) << unix_microseconds(state.changed)
        << std::string_view(state.topic) << std::string_view(state.topic_by)
        << unix_microseconds(state.topic_time) << std::string_view(letters)
        << std::string_view(modes.key) << static_cast<std::int64_t>(modes.limit)
        << std::string_view(bans);
    set.run();
}

JournalStore::JournalStore(const std::filesystem::path& file)
    : database_(std::make_unique<Database>(file)) {}

JournalStore::~JournalStore() = default;

void JournalStore::add(std::span<const JournalRecord> records) {
    Transaction transaction(database_->handle.get());
    for (const JournalRecord& record : records) {
        std::visit([&](const auto& content) { database_->add(record.room, content); },
                   record.content);
        touched_.insert(record.room);
    }
    transaction.commit();
}

void JournalStore::make_durable() {
    const int result = ::sqlite3_wal_checkpoint_v2(database_->handle.get(), nullptr,
                                                   SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (result != SQLITE_OK)
        fail(database_->handle.get());
}

void JournalStore::forget(const Retention& retention, WallClock::time_point now, bool everywhere) {
    if (everywhere) {
        Statement rooms(database_->handle.get(), "SELECT DISTINCT room FROM said");
        while (rooms.next())
            touched_.insert(rooms.text(0));
    }
    Transaction transaction(database_->handle.get());
    database_->forget_by_age << unix_microseconds(now) - retention.age.count();
    database_->forget_by_age.run();
    for (const std::string& room : touched_) {
        database_->forget_by_count << std::string_view(room)
                                   << static_cast<std::int64_t>(retention.messages);
        database_->forget_by_count.run();
    }
    database_->forget_rooms_by_age << unix_microseconds(now) - retention.age.count();
    database_->forget_rooms_by_age.run();
    database_->forget_rooms_by_count << static_cast<std::int64_t>(retention.rooms);
    database_->forget_rooms_by_count.run();
    transaction.commit();
    touched_.clear();
}

void JournalStore::read(const std::function<void(JournalRecord)>& take) const {
    const auto time_of = [](const Statement& row, int column) {
        return WallClock::time_point(std::chrono::microseconds(row.number(column)));
    };
    Statement all(database_->handle.get(), "SELECT * FROM said ORDER BY id");
    while (all.next()) {
        Said said;
        said.id = static_cast<std::uint64_t>(all.number(0));
        said.time = time_of(all, 2);
        said.name = all.text(3);
        said.user = all.text(4);
        said.host = all.text(5);
        said.manner = static_cast<Manner>(all.number(6));
        said.door = static_cast<Door>(all.number(7));
        said.text = all.text(8);
        take({all.text(1), std::move(said)});
    }
    Statement rooms(database_->handle.get(), "SELECT * FROM rooms ORDER BY changed_us");
    while (rooms.next()) {
        RoomState state;
        state.changed = time_of(rooms, 1);
        state.topic = rooms.text(2);
        state.topic_by = rooms.text(3);
        state.topic_time = time_of(rooms, 4);
        state.modes.set_flags(rooms.text(5));
        state.modes.key = rooms.text(6);
        state.modes.limit = static_cast<std::size_t>(rooms.number(7));
        state.modes.bans = bans_of_text(rooms.text(8));
        take({rooms.text(0), std::move(state)});
    }
}

} // namespace tern::chat
