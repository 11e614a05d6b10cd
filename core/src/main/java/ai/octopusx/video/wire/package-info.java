/**
 * Translation between the values and the bytes of the gateway, and the rules of what may be sent again. For the adapter
 * only; not part of the public API. The one package that sees Jackson.
 */
@NullMarked
package ai.octopusx.video.wire;

import org.jspecify.annotations.NullMarked;
