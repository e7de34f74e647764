/* The program of the targets links_<module>: cmake/Modules.cmake says what they prove. */
int main(void)
{
    return 0;
}
