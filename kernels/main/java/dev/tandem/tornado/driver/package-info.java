/** TornadoVM's devices and what is reached of its inside. */
package dev.tandem.tornado.driver;
