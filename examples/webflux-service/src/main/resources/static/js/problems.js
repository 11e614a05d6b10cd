// From what the service answers to words next to the field that they are about.

import { knows, t } from './words.js';

const FRAMES = ['first_frame_image', 'last_frame_image'];

/** The key of the words for one problem of one field: {field, value, allowed}, as the service and the checks here tell it. */
function keyOf({ field, value, allowed }) {
  if (field === 'prompt') {
    return allowed.includes('characters') ? 'field.prompt.long' : value === 'blank' ? 'field.prompt.blank' : null;
  }
  if (field === 'seconds') {
    return 'field.seconds.range';
  }
  if (field === 'model') {
    return 'field.model.unknown';
  }
  if (field === 'size') {
    return value.startsWith('keep_ratio')
      ? 'field.size.keep'
      : value.startsWith('adaptive') ? 'field.size.adaptive' : 'field.size.unknown';
  }
  if (FRAMES.includes(field)) {
    return frameKey(value, allowed);
  }
  return null;
}

function frameKey(value, allowed) {
  if (value.includes('without first_frame')) {
    return 'field.frame.alone';
  }
  if (allowed.startsWith('a whole')) {
    return 'field.frame.damaged';
  }
  if (allowed.includes('30 MB')) {
    return 'field.frame.bytes';
  }
  if (allowed.startsWith('sides')) {
    return 'field.frame.sides';
  }
  if (allowed.startsWith('a width')) {
    return 'field.frame.shape';
  }
  if (allowed === 'one image') {
    return 'field.frame.many';
  }
  return allowed.includes('webp') ? 'field.frame.format' : null;
}

/** One problem in words. */
export function fieldWords(problem) {
  return t(keyOf(problem) ?? 'field.other', problem);
}

/** A whole answer in words: an RFC 9457 body, or null if there was none. */
export function problemWords(problem) {
  const name = String(problem?.type ?? '').split(':').pop();
  const key = 'problem.' + name;
  return knows(key) ? t(key, problem) : problem?.detail ?? t('problem.internal');
}

/** What went wrong with a fetch, as a problem. */
export async function problemOf(response) {
  try {
    return await response.json();
  } catch (unreadable) {
    return { type: 'internal', status: response.status, submission: 'UNKNOWN' };
  }
}
