// What npm's basic-ftp does with a server. Arguments: its module, host, port, how it is encrypted
// (none, explicit or implicit), the certificate, the local file, and a path for what comes back.

const { createHash } = require("node:crypto");
const { readFileSync, writeFileSync } = require("node:fs");

const [module_path, host, port, encryption, certificate, file, back] = process.argv.slice(2);
const { Client } = require(module_path);

function expect(condition, what) {
    if (!condition) throw new Error(what);
}
const digest = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");

async function round(client) {
    const secure = { none: false, explicit: true, implicit: "implicit" }[encryption];
    const secureOptions = secure ? { ca: readFileSync(certificate), host } : undefined;
    await client.access({ host, port: Number(port), user: "bob", password: "secret", secure,
                          secureOptions });
    await client.ensureDir("basic/f\u00f6lder");
    await client.uploadFrom(file, "big");
    const size = readFileSync(file).length;
    expect((await client.size("big")) === size, "size");
    await client.downloadTo(back, "big");
    expect(digest(back) === digest(file), "downloaded");

    writeFileSync(back, readFileSync(file).subarray(0, 1_234_567));
    await client.downloadTo(back, "big", 1_234_567);
    expect(digest(back) === digest(file), "resumed download");

    writeFileSync(back, readFileSync(file).subarray(0, 2_000_000));
    await client.uploadFrom(back, "part");
    await client.appendFrom(file, "part", { localStart: 2_000_000 });
    await client.downloadTo(back, "part");
    expect(digest(back) === digest(file), "resumed upload");

    await client.rename("part", "two words");
    const names = (await client.list()).map((entry) => entry.name).sort();
    expect(names.join() === "big,two words", `names ${names}`);
    await client.remove("big");
    await client.cd("/");
    await client.removeDir("basic");
    expect((await client.list()).length === 0, "not empty");
}

async function main() {
    const client = new Client(100_000);
    try {
        await round(client);
    } finally {
        client.close();
    }
}

main().catch((error) => {
    console.error(error);
    process.exitCode = 1;
});
