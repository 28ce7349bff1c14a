#!/bin/sh
# image_roots.sh INSTALLED ROOTS EPOCH: lays out the root file system of each server's image below
# ROOTS, from what `cmake --install` has put below INSTALLED: the program, its configuration, and the
# libraries that it loads, at the paths where it looks for them. What the server may change lies
# apart, below ROOTS/state, for it gets another owner. No file is dated later than EPOCH.
set -eu
installed=$1 roots=$2 epoch=$3

for server in chat ftp http; do
    root=$roots/$server
    program=/usr/bin/tern-${server}d
    mkdir -p "$root/usr/bin" "$root/etc/tern" "$root/tmp"
    chmod 1777 "$root/tmp"
    cp "$installed$program" "$root$program"
    cp "$installed/etc/tern/$server.json" "$root/etc/tern/"
    echo 'tern:x:10001:10001::/var/lib/tern:/nonexistent' >"$root/etc/passwd"
    echo 'tern:x:10001:' >"$root/etc/group"
    # "NAME => PATH (ADDRESS)", and the loader itself: "PATH (ADDRESS)".
    ldd "$root$program" | sed -n 's/.* => \(\/[^ ]*\) (.*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p' |
        while read -r library; do
            mkdir -p "$root$(dirname "$library")"
            cp -L "$library" "$root$library"
        done
done

mkdir -p "$roots/state/chat/run/tern" "$roots/state/chat/var/lib/tern/history" \
    "$roots/state/ftp/var/lib/tern/homes" "$roots/state/http/var/lib/tern"
cp -R "$installed/usr/share/tern/library" "$roots/state/ftp/var/lib/tern/"
cp -R "$installed/usr/share/tern/site" "$roots/state/http/var/lib/tern/"

find "$roots" -newermt "@$epoch" -exec touch --no-dereference --date "@$epoch" {} +
