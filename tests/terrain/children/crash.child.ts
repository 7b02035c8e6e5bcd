/** Goes without an answer. */
process.once('message', () => process.exit(7));
