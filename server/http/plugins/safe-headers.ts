/**
 * What every answer carries, problems too: nothing of ours is to be guessed at, framed or run by a browser (THREATS T29). The page
 * has a policy of its own, which lets it run its scripts.
 */
export const safeHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;
