// Puts the page together: the form on one side, the live list on the other.

import { Composer } from './composer.js';
import { refuseStrayDrops } from './frames.js';
import { Gallery } from './gallery.js';
import { setUpTheme } from './looks.js';
import { language, onLanguage, setLanguage, t, translate } from './words.js';

const AGAIN_MILLIS = 3_000;

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
    const response = await fetch('/videos');
    if (!response.ok) {
      throw new Error(`HTTP ${response.status}`);
    }
    const { videos, change } = await response.json();
    problem.hidden = true;
    gallery.fill(videos);
    follow(change);
  } catch (unreachable) {
    const again = document.createElement('button');
    again.type = 'button';
    again.textContent = t('problem.retry');
    again.addEventListener('click', open);
    problem.replaceChildren(`${t('problem.list')} `, again);
    problem.hidden = false;
  }
}

/** One stream for all jobs. The browser resumes it by itself; where it gives up, a new one begins where the last one ended. */
function follow(change) {
  let last = change;
  const events = new EventSource(`/videos/events?after=${last}`);
  events.addEventListener('job', (event) => {
    last = Number(event.lastEventId);
    gallery.put(JSON.parse(event.data));
  });
  events.addEventListener('open', () => showLink(true));
  events.addEventListener('error', () => {
    showLink(false);
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(() => follow(last), AGAIN_MILLIS);
    }
  });
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
