/** The step of Keras-GAN's gan.py in gantorch. */
import { serveGan } from './gantorch_gan'
import { mlpDiscriminator, mlpGenerator } from './gantorch_networks'

void serveGan(mlpGenerator, mlpDiscriminator)
