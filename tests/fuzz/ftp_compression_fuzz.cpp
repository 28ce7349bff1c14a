// Feeds bytes to what undoes MODE Z, and takes back what it makes of them.

#include "servers/ftp/compression.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace tern::ftp;

void require(bool condition) {
    if (!condition)
        std::abort();
}

/// `bytes` once.
class Bytes final : public Producer {
public:
    explicit Bytes(std::string_view bytes) noexcept : bytes_(bytes) {}
    tern::Result<Supply> produce(std::string& to) override {
        to += bytes_;
        const Supply supply = bytes_.empty() ? Supply::exhausted : Supply::more;
        bytes_ = {};
        return supply;
    }

private:
    std::string_view bytes_;
};

/// False: it was not zlib's.
bool decompress(std::string_view bytes, std::size_t limit, std::string& to, bool& complete) {
    Decompressor decompressor;
    std::size_t calls = 0;
    while ((!bytes.empty() || decompressor.has_more()) && to.size() < (1U << 20)) {
        const std::size_t before = to.size();
        const std::size_t left = bytes.size();
        if (!decompressor.decompress(bytes, to, limit))
            return false;
        require(to.size() - before <= limit);
        require(to.size() > before || bytes.size() < left || ++calls < 4);
    }
    complete = decompressor.is_complete();
    return true;
}

} // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    std::string ignored;
    bool complete = false;
    decompress(bytes, 1 + size % 1000, ignored, complete);

    std::string wire;
    const auto producer = compressed(std::make_unique<Bytes>(bytes), static_cast<int>(size % 10));
    for (;;) {
        const tern::Result<Supply> supply = producer->produce(wire);
        require(supply.has_value());
        if (*supply == Supply::exhausted)
            break;
    }
    std::string back;
    require(decompress(wire, 1 + size % 100, back, complete) && complete && back == bytes);
    return 0;
}
