// The list of jobs: one card each, made once and changed in place, so that a player goes on playing and focus stays.

import { announce, brief, language, onLanguage, t } from './words.js';

const RATIOS = { '16:9': 16 / 9, '4:3': 4 / 3, '1:1': 1, '3:4': 3 / 4, '9:16': 9 / 16, '21:9': 21 / 9 };
const UNITS = [['day', 86_400], ['hour', 3_600], ['minute', 60]];

class Card {
  #job;
  #root;
  #player = null;
  #broken = false;

  constructor(job, { onAgain }) {
    this.#root = document.getElementById('card').content.firstElementChild.cloneNode(true);
    this.#part('.again').addEventListener('click', () => onAgain(this.#job));
    this.update(job);
  }

  get root() {
    return this.#root;
  }

  get job() {
    return this.#job;
  }

  #part(selector) {
    return this.#root.querySelector(selector);
  }

  update(job) {
    this.#job = job;
    this.#root.dataset.id = job.id;
    this.#part('.card').dataset.status = job.status;
    this.#part('.screen').style.setProperty('--ratio', ratioOf(job));
    this.#part('.tank').style.setProperty('--progress', job.progress);
    if (job.content && !this.#player) {
      this.#play();
    }
    this.show();
  }

  /** The screen becomes a player. It loads no more than it needs to show the first picture. */
  #play() {
    const player = document.createElement('video');
    player.controls = true;
    player.playsInline = true;
    player.preload = 'metadata';
    player.src = this.#job.content;
    player.addEventListener('error', () => {
      this.#broken = true;
      this.show();
    });
    this.#player = player;
    this.#part('.tank').replaceWith(player);
  }

  /** All words, in the language of now. */
  show() {
    const { status, progress, prompt, over } = this.#job;
    const short = brief(prompt);
    const state = t(`state.${status}`);
    this.#text('.word', state);
    this.#text('.prompt', prompt);
    this.#part('.prompt').title = prompt;
    this.#text('.facts', facts(this.#job));
    this.#text('.percent', over ? '' : `${progress}%`);

    const tank = this.#part('.tank');
    if (tank) {
      tank.setAttribute('aria-label', t('tank.label', { prompt: short }));
      tank.setAttribute('aria-valuenow', progress);
      tank.setAttribute('aria-valuetext', t('progress', { state, percent: progress }));
      tank.toggleAttribute('aria-hidden', false);
      if (over) {
        tank.setAttribute('aria-hidden', 'true');
      }
    }
    this.#player?.setAttribute('aria-label', t('player', { prompt: short }));

    const verdict = over && !this.#player ? t(status === 'doubtful' ? 'verdict.doubtful' : 'verdict.failed') : '';
    this.#text('.verdict', verdict);
    this.#part('.verdict').hidden = !verdict;

    const words = this.#broken ? t('why.player') : why(this.#job);
    this.#text('.words', words);
    this.#part('.words').hidden = !words;

    const save = this.#part('.save');
    save.hidden = !this.#job.content;
    if (this.#job.content) {
      save.href = `${this.#job.content}?download=${encodeURIComponent(short)}`;
    }
    save.textContent = t('save');
    save.setAttribute('aria-label', t('save.of', { prompt: short }));
    this.#text('.again', t('again'));
    this.#part('.again').setAttribute('aria-label', t('again.of', { prompt: short }));
    this.tick();
  }

  /** How long it has been, which changes by itself. */
  tick() {
    const when = this.#part('.when');
    const then = new Date(this.#job.createdAt);
    when.dateTime = this.#job.createdAt;
    when.title = then.toLocaleString(document.documentElement.lang);
    const text = ago(then);
    if (when.textContent !== text) {
      when.textContent = text;
    }
  }

  /** An assignment moves a reader's cursor even if nothing changed. */
  #text(selector, text) {
    const part = this.#part(selector);
    if (part.textContent !== text) {
      part.textContent = text;
    }
  }
}

function ratioOf(job) {
  const [width, height] = (job.pixels ?? '').split('x').map(Number);
  return RATIOS[job.size] ?? (width > 0 && height > 0 ? width / height : 16 / 9);
}

function facts(job) {
  const [, major, minor, resolution] = /seedance-(\d)-(\d)-pro_(\d+p)$/.exec(job.model) ?? [];
  const size = job.size === 'adaptive' ? t('size.adaptive') : job.size === 'keep_ratio' ? t('size.keep_ratio') : job.size;
  return [
    resolution ? `${major}.${minor} Pro` : job.model,
    resolution,
    size,
    job.seconds ? t('seconds.short', { seconds: job.seconds }) : null,
    job.frames > 0 ? t(`frames.${job.frames}`) : null,
  ].filter(Boolean).join(' · ');
}

/** Why there is no video, or why nobody knows. */
function why({ status, error, note }) {
  if (status === 'failed') {
    return error?.contentRejected
      ? t('why.rejected')
      : error?.message ? t('why.failed', { message: ended(error.message) }) : t('why.failed.silent');
  }
  if (['cancelled', 'doubtful', 'lost'].includes(status)) {
    return t(`why.${status}`);
  }
  return note ? t('why.unwatched') : '';
}

/** With a full stop, so that a sentence can follow. */
function ended(message) {
  return /[.!?。！？]$/.test(message) ? message : message + (language() === 'zh' ? '。' : '.');
}

function ago(then) {
  const seconds = Math.max(0, Math.round((Date.now() - then.getTime()) / 1000));
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'auto', style: 'short' });
  for (const [unit, size] of UNITS) {
    if (seconds >= size) {
      return format.format(-Math.floor(seconds / size), unit);
    }
  }
  return format.format(0, 'second'); // a number that changes every second would only draw the eye
}

export class Gallery {
  #list = document.getElementById('cards');
  #empty = document.getElementById('empty');
  #cards = new Map();
  #onAgain;

  constructor({ onAgain }) {
    this.#onAgain = onAgain;
    onLanguage(() => this.#cards.forEach((card) => card.show()));
    setInterval(() => this.#cards.forEach((card) => card.tick()), 1_000);
  }

  get ids() {
    return [...this.#cards.keys()];
  }

  /** What the service listed, the newest first. Whatever of `shown` it did not list it does not have any more. */
  fill(jobs, shown) {
    const listed = new Map(jobs.map((job) => [job.id, job]));
    shown.filter((id) => !listed.has(id) || listed.get(id).change < this.#cards.get(id).job.change)
      .forEach((id) => this.#remove(id));
    [...jobs].reverse().forEach((job) => this.put(job));
    this.#showEmpty();
  }

  #remove(id) {
    this.#cards.get(id).root.remove();
    this.#cards.delete(id);
  }

  /** A job as it is now. What is older than what is shown is no news. */
  put(job) {
    const card = this.#cards.get(job.id);
    if (!card) {
      this.#add(job);
    } else if (job.change > card.job.change) {
      const before = card.job.status;
      card.update(job);
      if (job.over && before !== job.status) {
        announce(t(`said.${job.status}`, { prompt: brief(job.prompt) }));
      }
    }
    this.#showEmpty();
  }

  #add(job) {
    const card = new Card(job, { onAgain: this.#onAgain });
    this.#cards.set(job.id, card);
    const next = [...this.#cards.values()]
      .filter((other) => other !== card && other.job.createdAt < job.createdAt)
      .sort((a, b) => (a.job.createdAt < b.job.createdAt ? 1 : -1))[0];
    this.#list.insertBefore(card.root, next?.root ?? null);
  }

  #showEmpty() {
    this.#empty.hidden = this.#cards.size > 0;
  }
}
