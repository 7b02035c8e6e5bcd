// Loaded before everything else: says in words what is missing, where an older Node would only report a syntax error.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `需要 Node.js 24 或更新版本，当前为 ${process.versions.node}。\n` +
      `Node.js 24 or newer is needed; this is ${process.versions.node}. On Linux x64 "npm ci" brings it; elsewhere install it.\n`,
  );
  process.exit(1);
}
