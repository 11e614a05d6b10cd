/** The recipes of the README, as they are compiled and tested. What stands there between two marks is what the README shows. */
@NullMarked
package ai.octopusx.video.recipes;

import org.jspecify.annotations.NullMarked;
