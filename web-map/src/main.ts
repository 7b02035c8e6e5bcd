/** Starts the page: the API beside it, the language chosen last, the view the address names. */
import { createApp } from 'vue';
import { createApiClient } from './api/client.ts';
import App from './app.vue';
import { createMessages, isLanguage, type Language } from './i18n/index.ts';
import { readInstantly } from './map/instant-reader.ts';
import { readAddress } from './state/address.ts';
import { workspaceKey } from './state/keys.ts';
import { languageStore } from './state/language.ts';
import { apiKey, createView, viewKey } from './state/view.ts';
import { createWorkspace } from './state/workspace.ts';
import './theme.css';

const kept = languageStore.read();
const messages = createMessages(isLanguage(kept) ? kept : 'zh-CN');
const api = createApiClient({
  // beside the page, so that a proxy may serve both under a prefix
  base: new URL('api/v1/', document.baseURI).href,
  language: () => messages.global.locale.value as Language,
});

const workspace = createWorkspace(api, readAddress(location.search), readInstantly);
const app = createApp(App)
  .use(messages)
  .provide(workspaceKey, workspace)
  .provide(apiKey, api)
  .provide(viewKey, createView(workspace));
// a task of its own: all the code has just been run, and the first screen takes as long again
setTimeout(() => app.mount('#app'));
