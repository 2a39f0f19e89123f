START_TEST(is_another)
