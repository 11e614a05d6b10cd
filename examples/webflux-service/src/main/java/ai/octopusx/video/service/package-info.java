/**
 * A service with a page: a video is submitted in the browser, watched live by any number of browsers, and played from here. It
 * is meant to be started from, so it shows what a real one needs: jobs that outlive browsers and restarts, one look at the
 * gateway for all who watch, ranges for players, errors in words.
 */
@NullMarked
package ai.octopusx.video.service;

import org.jspecify.annotations.NullMarked;
