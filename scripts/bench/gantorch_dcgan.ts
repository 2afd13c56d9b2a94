/** The step of the article's DCGAN, or of Keras-GAN's, in gantorch. */
import { serveGan } from './gantorch_gan'
import { dcganDiscriminator, dcganGenerator } from './gantorch_networks'

void serveGan(dcganGenerator, dcganDiscriminator)
