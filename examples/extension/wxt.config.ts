import { defineConfig } from 'wxt';

/** The public key fixes the extension's id, and with it the Origin a server can allow. */
const key =
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1tL0vJCexUrwxAVhnwKDrXVcs105kmxcglz6qszrRSNCyIfDYHLJXg1SaZSz1penTuX7pkYXj71cvJsKCYIz2jbUk9w4V6nY1aRBTzNnZ+Jd8E8Y2sUgJigOqLPX+o2hqkwzAonK6Ks2iFvgjHFver9nI3geQk7nEI22NOWcsuvylwtSXqXqfgpDkWzLAmWtQ76a1cwT7U+xu5e+ZsRAsV385FBZ286ig5WoJc4Gk7/JYwCq2Cie9Bq6QZLVRLHB1F3jFG95SmaBfctBGEFCjdmmjHRqDFYO01NbG29Zg1K24T1vbirLj0eLO24kKMpEXnAbQ2tVQ25b1OhR80/L/wIDAQAB';

export default defineConfig({
  imports: false,
  manifest: {
    name: 'CodeSight Recorder',
    description: 'Records a web session you agreed to share, masks what is private, and loses nothing on the way.',
    key,
    minimum_chrome_version: '116',
    permissions: ['storage', 'unlimitedStorage', 'alarms', 'tabs', 'webNavigation', 'offscreen', 'tabCapture', 'activeTab'],
    host_permissions: ['<all_urls>'],
    storage: { managed_schema: 'managed-schema.json' },
    action: { default_title: 'CodeSight Recorder' },
    icons: { 16: 'icon/16.png', 32: 'icon/32.png', 48: 'icon/48.png', 128: 'icon/128.png' },
  },
});
