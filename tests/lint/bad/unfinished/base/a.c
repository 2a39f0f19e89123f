/* TODO: all of it */
