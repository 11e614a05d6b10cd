// Puts the page together: the form on one side, the live list on the other.

import { Composer } from './composer.js';
import { refuseStrayDrops } from './frames.js';
import { Gallery } from './gallery.js';
import { setUpTheme } from './looks.js';
import { language, onLanguage, setLanguage, t, translate } from './words.js';

const AGAIN_MILLIS = 2_000;

const gallery = new Gallery({ onAgain: (job) => composer.reuse(job) });
const composer = new Composer({ onTaken: (job) => gallery.put(job) });

setUpTheme(document.getElementById('theme'));
setUpLanguage(document.getElementById('language'));
setUpIdeas(document.getElementById('ideas'));
refuseStrayDrops();
translate(document);
open();

function setUpLanguage(button) {
  const show = () => {
    const other = language() === 'zh' ? 'en' : 'zh';
    button.textContent = other === 'zh' ? '中文' : 'English';
    button.lang = other === 'zh' ? 'zh-CN' : 'en';
  };
  button.addEventListener('click', () => setLanguage(language() === 'zh' ? 'en' : 'zh'));
  onLanguage(show);
  show();
}

function setUpIdeas(list) {
  const show = () => list.replaceChildren(...[1, 2, 3].map((number) => {
    const idea = t(`idea.${number}`);
    const item = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = idea;
    button.addEventListener('click', () => composer.fill(idea));
    item.append(button);
    return item;
  }));
  onLanguage(show);
  show();
}

/** The list first, then what happens from there on: nothing falls between the two. */
async function open() {
  const problem = document.getElementById('list-problem');
  try {
    await begin();
    problem.hidden = true;
  } catch (unreachable) {
    const again = document.createElement('button');
    again.type = 'button';
    again.textContent = t('problem.retry');
    again.addEventListener('click', open);
    problem.replaceChildren(`${t('problem.list')} `, again);
    problem.hidden = false;
  }
}

async function begin() {
  const shown = gallery.ids;
  const response = await fetch('/videos');
  if (!response.ok) {
    throw new Error(`HTTP ${response.status}`);
  }
  const { videos, change } = await response.json();
  gallery.fill(videos, shown);
  follow(change);
}

/**
 * One stream for all jobs. The browser would resume it by itself, where the last number that it saw says so; but what comes back
 * may be a service with another store, whose numbers are others and whose list is too.
 */
function follow(change) {
  const events = new EventSource(`/videos/events?after=${change}`);
  events.addEventListener('job', (event) => gallery.put(JSON.parse(event.data)));
  events.addEventListener('open', () => showLink(true));
  events.addEventListener('error', () => {
    events.close();
    showLink(false);
    again();
  });
}

/** As often as it takes. */
function again() {
  setTimeout(() => begin().catch(again), AGAIN_MILLIS);
}

function showLink(there) {
  const state = document.getElementById('link-state');
  if (there) {
    state.textContent = '';
    delete state.dataset.i18n;
  } else {
    state.dataset.i18n = 'link.lost';
    state.textContent = t('link.lost');
  }
}
